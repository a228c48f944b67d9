"""What the scripts of this folder share: outputs, gradients and running statistics of networks.

Each script writes the JSON file of its own name: python3 tests/golden/networks/layers.py
(made with PyTorch 1.13 in float64, NumPy 1.24; seeded, so repeatable). Starting values and inputs
have three decimals, rounded to float32; gradients are those of sum(y * r). Parameters go by our
names.
"""
import json
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
random = np.random.RandomState(8)
result = {}

NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.LayerNorm)
NORM_NAMES = {"weight": "scale", "bias": "shift", "running_mean": "mean", "running_var": "variance"}


def uniform(shape, low=-1.5, high=1.5):
    values = random.uniform(low, high, shape).round(3)
    return torch.tensor(values.astype(np.float32).astype(np.float64))


def plain(tensor):
    # %.7g gives back the three decimals of what was drawn
    data = [float("%.7g" % v) for v in tensor.detach().numpy().reshape(-1)]
    return {"shape": list(tensor.shape), "data": data}


def ours(module, name):
    """Our name of a parameter; a module with `renames` says what is called otherwise in it."""
    path = name.split(".")
    owner = module.get_submodule(".".join(path[:-1]))
    if isinstance(owner, NORMS):
        path[-1] = NORM_NAMES[path[-1]]
    if isinstance(owner, nn.Embedding):
        path[-1] = "table"
    prefix = ".".join(path[:-1])
    return ".".join([getattr(module, "renames", {}).get(prefix, prefix), path[-1]]).lstrip(".")


def parts(module, of=lambda value: value.data):
    """Every parameter and running statistic, or what `of` takes from it, with our name for it."""
    for name, value in [*module.named_parameters(), *module.named_buffers()]:
        taken = of(value)
        if name.endswith("tracked") or taken is None:
            continue
        name = ours(module, name)
        prefix, joined, last = name.rpartition("in_proj_")
        for part, rows in zip(("query", "key", "value"), taken.chunk(3)) if joined else ():
            yield f"{prefix}{part}.{last}", rows
        if not joined:
            yield name.replace("out_proj", "output"), taken


def draw(module, low=-1, high=1.5):
    """Draws all that a module holds: scales and variances positive, the rest in [low, high]."""
    for name, value in parts(module):
        positive = name.endswith(("scale", "variance"))
        value.copy_(uniform(value.shape, 0.5 if positive else low, high))


def case(name, module, forward=None, training=True, drawn=draw, **inputs):
    """One pass of a module from drawn values, by `forward` or the module itself."""
    drawn(module)
    module.train(training).zero_grad()
    start = {path: plain(value) for path, value in parts(module)}
    floats = [key for key, value in inputs.items() if value.is_floating_point()]
    for key in floats:
        inputs[key].requires_grad_()
    y = (forward or module)(*inputs.values())
    r = uniform(y.shape)
    (y * r).sum().backward()
    slopes = {key: plain(inputs[key].grad) for key in floats}
    slopes |= {path: plain(slope) for path, slope in parts(module, lambda value: value.grad)}
    result[name] = {
        "start": start,
        "inputs": {key: plain(value) for key, value in inputs.items()},
        "y": plain(y),
        "r": plain(r),
        "gradients": slopes,
        "end": {path: plain(value) for path, value in parts(module) if path not in slopes},
    }


def count(module):
    return sum(parameter.numel() for parameter in module.parameters())


def write():
    path = Path(sys.argv[0]).with_suffix(".json")
    path.write_text(json.dumps(result, separators=(",", ":")) + "\n")
