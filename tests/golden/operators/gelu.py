import torch
import torch.nn.functional as F
from golden import case, make, write

case("Gelu", F.gelu, x=make((3, 4)))
case("Gelu, tanh", lambda x: F.gelu(x, approximate="tanh"), x=make((3, 4)))
case("com.microsoft.Gelu", F.gelu, x=make((3, 4)))
case("com.microsoft.BiasGelu", lambda x, bias: F.gelu(x + bias), x=make((3, 4)), bias=make((4,)))
case(
    "com.microsoft.FastGelu",
    lambda x, bias: F.gelu(x + bias, approximate="tanh"),
    x=make((3, 4)),
    bias=make((4,)),
)
case("com.microsoft.QuickGelu", lambda x: x * torch.sigmoid(1.702 * x), x=make((3, 4)))
write()
