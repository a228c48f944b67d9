"""What the scripts of this folder share: golden values and gradients by PyTorch in float64.

Each script writes the JSON file of its own name: python3 tests/golden/operators/matmul.py
(made with PyTorch 1.13, NumPy 1.24; seeded, so repeatable). Inputs and the projection r are rounded
to float32; gradients are those of sum(f * r).
"""
import json
import sys
from pathlib import Path

import numpy as np
import torch

random = np.random.RandomState(5)
torch.set_default_dtype(torch.float64)
result = {}


def make(shape, low=-1.5, high=1.5):
    values = random.uniform(low, high, shape).astype(np.float32).astype(np.float64)
    return torch.tensor(values, requires_grad=True)


def positive(shape):
    return make(shape, 0.3, 2)


def plain(tensor):
    data = [float("%.12g" % v) for v in tensor.detach().numpy().reshape(-1)]
    return {"shape": list(tensor.shape), "data": data}


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


def write():
    path = Path(sys.argv[0]).with_suffix(".json")
    path.write_text(json.dumps(result, separators=(",", ":")) + "\n")
