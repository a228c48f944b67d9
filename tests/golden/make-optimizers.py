"""Five steps of PyTorch's optimizers in float64 under given gradients and learning rates.

Run: python3 tests/golden/make-optimizers.py > tests/golden/optimizers.json
(made with PyTorch 1.13, NumPy 1.24; seeded, so repeatable).
"""
import json
import sys

import numpy as np
import torch

random = np.random.RandomState(13)
STEPS, SHAPE = 5, (2, 3)
RATES = [0.1, 0.05, 0.2, 0.1, 0.01]


def rounded(array):
    return np.asarray(array, dtype=np.float32).astype(np.float64)


start = rounded(random.uniform(-1, 1, SHAPE))
gradients = rounded(random.normal(0, 1, (STEPS, *SHAPE)) * [[1, 1e-3, 100], [0.1, 10, 1e-6]])


def run(make):
    parameter = torch.nn.Parameter(torch.tensor(start))
    optimizer = make([parameter])
    path = []
    for gradient, rate in zip(gradients, RATES):
        for group in optimizer.param_groups:
            group["lr"] = rate
        parameter.grad = torch.tensor(gradient)
        optimizer.step()
        path.append([float("%.12g" % v) for v in parameter.detach().numpy().reshape(-1)])
    return path


result = {
    "shape": SHAPE,
    "start": start.reshape(-1).tolist(),
    "gradients": gradients.reshape(STEPS, -1).tolist(),
    "rates": RATES,
    "paths": {
        "sgd": run(lambda p: torch.optim.SGD(p, lr=1)),
        "sgd momentum": run(lambda p: torch.optim.SGD(p, lr=1, momentum=0.9)),
        "sgd nesterov": run(lambda p: torch.optim.SGD(p, lr=1, momentum=0.9, nesterov=True)),
        "sgd decay": run(lambda p: torch.optim.SGD(p, lr=1, momentum=0.8, weight_decay=0.1)),
        "adam": run(lambda p: torch.optim.Adam(p)),
        "adam betas": run(lambda p: torch.optim.Adam(p, betas=(0.8, 0.95), eps=1e-3)),
        "adamw": run(lambda p: torch.optim.AdamW(p, weight_decay=0.1)),
    },
}
json.dump(result, sys.stdout, separators=(",", ":"))
sys.stdout.write("\n")
