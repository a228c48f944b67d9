"""Five steps of optimizers in float64 under given gradients and learning rates: by PyTorch, and by the
papers' own algorithms in NumPy where PyTorch lacks them (LARS, Lion); clipped gradients by PyTorch.

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


def walk(step):
    """step(theta, state, gradient, rate) -> theta, state"""
    theta, state = start.copy(), np.zeros(SHAPE)
    path = []
    for gradient, rate in zip(gradients, RATES):
        theta, state = step(theta, state, gradient, rate)
        path.append([float("%.12g" % v) for v in theta.reshape(-1)])
    return path


def lion(beta1=0.9, beta2=0.99, decay=0.0):
    """Chen et al. 2023, algorithm 2."""

    def step(theta, m, g, rate):
        c = beta1 * m + (1 - beta1) * g
        return theta - rate * (np.sign(c) + decay * theta), beta2 * m + (1 - beta2) * g

    return walk(step)


def lars(momentum=0.9, decay=1e-4, trust=1e-3):
    """You, Gitman and Ginsburg 2017, algorithm 1."""

    def step(theta, v, g, rate):
        size, slope = np.sqrt((theta**2).sum()), np.sqrt((g**2).sum())
        local = trust * size / (slope + decay * size)
        v = momentum * v + rate * local * (g + decay * theta)
        return theta - v, v

    return walk(step)


def clipped(limit):
    some = [torch.nn.Parameter(torch.zeros(shape, dtype=torch.float64)) for shape in CLIP_SHAPES]
    for one, gradient in zip(some, clip_gradients):
        one.grad = torch.tensor(gradient)
    norm = torch.nn.utils.clip_grad_norm_(some, limit)
    flat = [one.grad.numpy().reshape(-1) for one in some]
    return {"limit": limit, "norm": float("%.12g" % norm), "gradients": [[float("%.12g" % v) for v in one] for one in flat]}


CLIP_SHAPES = [(), (3,), (2, 3), (2, 1, 2, 2)]
clip_gradients = [rounded(random.normal(0, 1, shape)) for shape in CLIP_SHAPES]

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
        "adam penalty": run(lambda p: torch.optim.Adam(p, weight_decay=0.1)),
        "sgd nesterov decay": run(
            lambda p: torch.optim.SGD(p, lr=1, momentum=0.8, nesterov=True, weight_decay=0.1)
        ),
        "adam no momentum": run(lambda p: torch.optim.Adam(p, betas=(0, 0.9))),
        "lion": lion(),
        "lion decay": lion(beta1=0.95, beta2=0.98, decay=0.1),
        "lion slow": lion(beta1=0.99, beta2=0.5),
        "lars": lars(),
        "lars decay": lars(momentum=0.5, decay=0.1, trust=0.5),
    },
    "clip": {
        "shapes": CLIP_SHAPES,
        "gradients": [one.reshape(-1).tolist() for one in clip_gradients],
        "clipped": [clipped(limit) for limit in (0.5, 2, 100)],
    },
}
json.dump(result, sys.stdout, separators=(",", ":"))
sys.stdout.write("\n")
