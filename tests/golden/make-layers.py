"""Golden outputs, gradients and running statistics of single layers, by PyTorch in float64.

Run: python3 tests/golden/make-layers.py > tests/golden/layers.json
(made with PyTorch 1.13, NumPy 1.24; seeded, so repeatable). All starting values are rounded to
float32; gradients are those of sum(y * r).
"""
import json
import sys

import numpy as np
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
random = np.random.RandomState(8)


def uniform(shape, low=-1.5, high=1.5):
    return torch.tensor(random.uniform(low, high, shape).astype(np.float32).astype(np.float64))


def plain(tensor):
    data = [float("%.10g" % v) for v in tensor.detach().numpy().reshape(-1)]
    return {"shape": list(tensor.shape), "data": data}


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x):
        return torch.relu(x + self.norm2(self.conv2(torch.relu(self.norm1(self.conv1(x))))))


def ours(module, name):
    path = name.split(".")
    owner = module.get_submodule(".".join(path[:-1]))
    if isinstance(owner, nn.BatchNorm2d):
        names = {"weight": "scale", "bias": "shift", "running_mean": "mean", "running_var": "variance"}
        path[-1] = names[path[-1]]
    return ".".join(path)


def state_of(module):
    return {
        ours(module, name): plain(value)
        for name, value in module.state_dict().items()
        if not name.endswith("tracked")
    }


def case(module, shape, training=True):
    for name, value in module.state_dict().items():
        if not name.endswith("tracked"):
            low = 0.5 if name.endswith(("running_var", "norm1.weight", "norm2.weight")) else -1
            value.copy_(uniform(value.shape, low, 1.5))
    module.train(training)
    start = state_of(module)
    x = uniform(shape).requires_grad_()
    y = module(x)
    r = uniform(y.shape)
    (y * r).sum().backward()
    slopes = {ours(module, name): plain(p.grad) for name, p in module.named_parameters()}
    return {
        "start": start,
        "x": plain(x),
        "y": plain(y),
        "r": plain(r),
        "gradients": {"x": plain(x.grad), **slopes},
        "end": state_of(module),
    }


result = {
    "Linear": case(nn.Linear(4, 3), (5, 4)),
    "Conv": case(nn.Conv2d(2, 3, 3, stride=2, padding=1, bias=False), (2, 2, 5, 6)),
    "BatchNorm": case(nn.BatchNorm2d(3), (4, 3, 3, 2)),
    "BatchNorm, inference": case(nn.BatchNorm2d(3), (4, 3, 3, 2), training=False),
    "BatchNorm, two values a channel": case(nn.BatchNorm2d(3), (2, 3, 1, 1)),
    "ResidualBlock": case(Block(3), (3, 3, 4, 5)),
}
json.dump(result, sys.stdout, separators=(",", ":"))
sys.stdout.write("\n")
