"""Golden values and gradients of every differentiable operator, by PyTorch in float64.

Run: python3 tests/golden/make-operators.py > tests/golden/operators.json
(made with PyTorch 1.13, NumPy 1.24; seeded, so repeatable). Inputs and the projection r are
rounded to float32; gradients are those of sum(f * r).
"""
import json
import sys

import numpy as np
import torch
import torch.nn.functional as F

random = np.random.RandomState(5)
torch.set_default_dtype(torch.float64)


def make(shape, low=-1.5, high=1.5):
    values = random.uniform(low, high, shape).astype(np.float32).astype(np.float64)
    return torch.tensor(values, requires_grad=True)


def plain(tensor):
    data = [float("%.12g" % v) for v in tensor.detach().numpy().reshape(-1)]
    return {"shape": list(tensor.shape), "data": data}


result = {}


def case(name, f, **inputs):
    y = f(*inputs.values())
    r = make(tuple(y.shape)).detach()
    slopes = torch.autograd.grad((y * r).sum(), list(inputs.values()))
    result[name] = {
        "inputs": {key: plain(value) for key, value in inputs.items()},
        "r": plain(r),
        "y": plain(y),
        "gradients": {key: plain(slope) for key, slope in zip(inputs, slopes)},
    }


def positive(shape):
    return make(shape, 0.3, 2)


a, b = lambda: make((2, 1, 3)), lambda: make((4, 1))
case("Add", lambda a, b: a + b, a=a(), b=b())
case("Sub", lambda a, b: a - b, a=a(), b=b())
case("Mul", lambda a, b: a * b, a=a(), b=b())
case("Div", lambda a, b: a / b, a=a(), b=positive((4, 1)))
case("Pow", lambda a, b: a**b, a=positive((2, 1, 3)), b=b())
case("Max", torch.maximum, a=a(), b=b())
case("Min", torch.minimum, a=a(), b=b())
keep = torch.tensor([[True], [False], [True], [True]])
case("Where", lambda a, b: torch.where(keep, a, b), a=a(), b=b())
for name, f in {
    "Neg": torch.neg,
    "Exp": torch.exp,
    "Abs": torch.abs,
    "Relu": torch.relu,
    "LeakyRelu": lambda x: F.leaky_relu(x, 0.2),
    "Clip": lambda x: torch.clamp(x, -0.5, 0.75),
    "Sigmoid": torch.sigmoid,
    "Tanh": torch.tanh,
    "Softplus": F.softplus,
    "Cast": lambda x: x.double(),
    "Identity": lambda x: x.clone(),
}.items():
    case(name, f, x=make((3, 4)))
for name, f in {"Sqrt": torch.sqrt, "Log": torch.log, "Reciprocal": torch.reciprocal}.items():
    case(name, f, x=positive((3, 4)))
case("MatMul", torch.matmul, a=make((2, 1, 2, 3)), b=make((3, 3, 2)))
case("Gemm", lambda a, b, c: 0.5 * a.T @ b.T + c, a=make((3, 2)), b=make((4, 3)), c=make((4,)))
for name, shape, weight, options in [
    ("Conv", (2, 3, 6, 5), (4, 3, 3, 3), dict(padding=1)),
    ("Conv strided, even", (2, 3, 6, 8), (4, 3, 3, 3), dict(padding=1, stride=2)),
    ("Conv strided, odd", (2, 3, 7, 5), (4, 3, 3, 3), dict(padding=1, stride=2)),
    ("Conv depthwise", (2, 4, 6, 5), (4, 1, 3, 3), dict(padding=1, stride=2, groups=4)),
    ("Conv dilated", (1, 2, 7, 8), (3, 2, 3, 2), dict(padding=(2, 0), stride=(1, 2), dilation=(2, 3))),
]:
    case(
        name,
        lambda x, w, bias, options=options: F.conv2d(x, w, bias, **options),
        x=make(shape),
        w=make(weight),
        bias=make((weight[0],)),
    )
case("MaxPool", lambda x: F.max_pool2d(x, (2, 3)), x=make((2, 2, 5, 7)))
case("GlobalAveragePool", lambda x: x.mean((2, 3), keepdim=True), x=make((2, 3, 3, 4)))
case(
    "BatchNormalization",
    lambda x, scale, shift, mean, variance: (x - mean[:, None, None])
    / torch.sqrt(variance[:, None, None] + 0.01)
    * scale[:, None, None]
    + shift[:, None, None],
    x=make((2, 3, 2, 4)),
    scale=make((3,)),
    shift=make((3,)),
    mean=make((3,)),
    variance=positive((3,)),
)
case("ReduceSum", lambda x: x.sum((0, 2)), x=make((2, 3, 4)))
case("ReduceMean", lambda x: x.mean((1,), keepdim=True), x=make((2, 3, 4)))
case("ReduceMax", lambda x: torch.amax(x, (0, 2)), x=make((2, 3, 4)))
case("ReduceMin", lambda x: torch.amin(x, (1,), keepdim=True), x=make((2, 3, 4)))
case("Reshape", lambda x: x.reshape(4, 6), x=make((2, 3, 4)))
case("Flatten", lambda x: x.flatten(1), x=make((2, 3, 4)))
case("Unsqueeze", lambda x: x[:, None, :, None], x=make((2, 3)))
case("Squeeze", lambda x: x.squeeze(1), x=make((2, 1, 3)))
case("Transpose", lambda x: x.permute(2, 0, 1), x=make((2, 3, 4)))
case("Expand", lambda x: x.expand(5, 2, 3), x=make((2, 1)).detach().requires_grad_())
case("Concat", lambda a, b: torch.cat([a, b], 1), a=make((2, 1)), b=make((2, 3)))
case("Slice", lambda x: x[:, 1:3, -2:], x=make((2, 4, 3)))
case("Pad", lambda x: F.pad(x, (1, 0, 0, 2)), x=make((2, 3)))

json.dump(result, sys.stdout, separators=(",", ":"))
sys.stdout.write("\n")
