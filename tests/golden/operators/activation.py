import torch
import torch.nn.functional as F
from golden import case, make, write

for name, f in {
    "Relu": torch.relu,
    "LeakyRelu": lambda x: F.leaky_relu(x, 0.2),
    "Clip": lambda x: torch.clamp(x, -0.5, 0.75),
    "Sigmoid": torch.sigmoid,
    "Tanh": torch.tanh,
    "Softplus": F.softplus,
}.items():
    case(name, f, x=make((3, 4)))
for name, f in {
    "HardSigmoid": lambda x: F.hardsigmoid(4 * x),
    "HardSwish": lambda x: F.hardswish(4 * x),
}.items():
    case(name, f, x=make((3, 4)))
case("PRelu", lambda x, slope: F.prelu(x, slope.reshape(-1)), x=make((2, 3, 2, 2)), slope=make((3, 1, 1)))
for name, f in {
    "Softsign": F.softsign,
    "Mish": F.mish,
    "ThresholdedRelu": lambda x: F.threshold(x, 0.4, 0),
    "Shrink": lambda x: F.softshrink(x, 0.4),
    "Elu": lambda x: F.elu(x, 0.7),
    "Selu": F.selu,
    "Celu": lambda x: F.celu(x, 0.6),
}.items():
    case(name, f, x=make((3, 4)))
write()
