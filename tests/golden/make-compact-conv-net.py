"""Golden values of CompactConvNet with triplet loss, by PyTorch in float64.

Run: python3 tests/golden/make-compact-conv-net.py > tests/golden/compact-conv-net.json
(made with PyTorch 1.13, NumPy 1.24; NumPy's RandomState and float64 make it repeatable).

The network is written here in torch's own layers; miner and loss are plain loops over pairs and
triplets, as pytorch-metric-learning defines them (all triplets of the mined pairs, mean over those
above zero). All starting values are rounded to float32, so that both sides start from the same.
"""
import json
import sys

import numpy as np
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
random = np.random.RandomState(20240611)
WIDTHS, BLOCKS, DIMENSION = [4, 6, 8], [1, 2], 5
HEIGHT, WIDTH, LABELS = 21, 18, [3, 3, 7, 7, 7, 1, 1, 9]
MARGIN, EPSILON, STEPS = 0.3, 0.1, 3


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x):
        return torch.relu(x + self.norm2(self.conv2(torch.relu(self.norm1(self.conv1(x))))))


class Stage(nn.Module):
    def __init__(self, inputs, outputs, blocks):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, stride=2, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(outputs)
        self.blocks = nn.ModuleList(Block(outputs) for _ in range(blocks))

    def forward(self, x):
        x = torch.relu(self.norm(self.conv(x)))
        for block in self.blocks:
            x = block(x)
        return x


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stages = nn.ModuleList(
            Stage(([3] + WIDTHS)[i], WIDTHS[i], ([0] + BLOCKS)[i]) for i in range(len(WIDTHS))
        )
        self.head = nn.Linear(WIDTHS[-1], DIMENSION)

    def forward(self, x):
        for stage in self.stages:
            x = stage(x)
        return nn.functional.normalize(self.head(x.mean(dim=(2, 3))), dim=1)


def rounded(array):
    return torch.from_numpy(np.asarray(array, dtype=np.float32).astype(np.float64))


def initial_state():
    state = {}
    for name, value in Net().state_dict().items():
        if name.endswith("num_batches_tracked"):
            state[name] = value
        elif name.endswith("running_var"):
            state[name] = rounded(random.uniform(0.5, 1.5, value.shape))
        elif "norm" in name and name.endswith("weight"):
            state[name] = rounded(random.uniform(0.5, 1.5, value.shape))
        elif value.dim() == 1:
            state[name] = rounded(random.uniform(-0.3, 0.3, value.shape))
        else:
            fan = value[0].numel()
            state[name] = rounded(random.normal(0, (2 / fan) ** 0.5, value.shape))
    return state


def loss_of(embeddings):
    similarity = (embeddings @ embeddings.T).detach().numpy()
    size, terms, closest = len(LABELS), [], np.inf
    for a in range(size):
        positives = [p for p in range(size) if p != a and LABELS[p] == LABELS[a]]
        negatives = [n for n in range(size) if LABELS[n] != LABELS[a]]
        if not positives or not negatives:
            continue
        hardest_positive = min(similarity[a, p] for p in positives)
        hardest_negative = max(similarity[a, n] for n in negatives)
        closest = min(closest, *(abs(similarity[a, p] - hardest_negative - EPSILON) for p in positives))
        closest = min(closest, *(abs(similarity[a, n] - hardest_positive + EPSILON) for n in negatives))
        for p in positives:
            if not similarity[a, p] < hardest_negative + EPSILON:
                continue
            for n in negatives:
                if not similarity[a, n] > hardest_positive - EPSILON:
                    continue
                term = (
                    torch.dist(embeddings[a], embeddings[p])
                    - torch.dist(embeddings[a], embeddings[n])
                    + MARGIN
                )
                closest = min(closest, abs(term.item()))
                if term > 0:
                    terms.append(term)
    # A decision nearer to its threshold than this could fall the other way in float32.
    assert closest > 2e-4, closest
    return torch.stack(terms).mean(), len(terms)


TORCH_TO_OURS = {"running_mean": "mean", "running_var": "variance"}


def our_name(name):
    *path, last = name.split(".")
    if path[-1].startswith("norm"):
        last = {"weight": "scale", "bias": "shift"}.get(last, TORCH_TO_OURS.get(last))
    return ".".join([*path, last])


def plain(value):
    return [float("%.8g" % v) for v in np.asarray(value.detach()).reshape(-1)]


def plain_state(named):
    return {
        our_name(name): plain(value) for name, value in named if not name.endswith("tracked")
    }


def optimizer_of(name, net):
    decaying = [p for p in net.parameters() if p.dim() > 1]
    others = [p for p in net.parameters() if p.dim() == 1]
    groups = [{"params": decaying, "weight_decay": 0.05}, {"params": others, "weight_decay": 0.0}]
    if name == "sgd":
        return torch.optim.SGD(groups, lr=0.05, momentum=0.9, nesterov=True)
    return torch.optim.AdamW(groups, lr=0.005)


start = initial_state()
x = rounded(random.uniform(-1.5, 1.5, (len(LABELS), 3, HEIGHT, WIDTH)))
result = {
    "widths": WIDTHS,
    "blocks": BLOCKS,
    "dimension": DIMENSION,
    "shape": list(x.shape),
    "labels": LABELS,
    "margin": MARGIN,
    "epsilon": EPSILON,
    "x": plain(x),
    "start": plain_state(start.items()),
    "parameters": sum(p.numel() for p in Net().parameters()),
}

net = Net()
net.load_state_dict(start)
net.eval()
result["inference"] = plain(net(x))
net.train()
embeddings = net(x)
loss, active = loss_of(embeddings)
loss.backward()
result["training"] = {
    "embeddings": plain(embeddings),
    "loss": loss.item(),
    "active": active,
    "gradients": plain_state((n, p.grad) for n, p in net.named_parameters()),
}

for name in ["sgd", "adamw"]:
    net = Net()
    net.load_state_dict(start)
    net.train()
    optimizer = optimizer_of(name, net)
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss, _ = loss_of(net(x))
        loss.backward()
        losses.append(loss.item())
        optimizer.step()
    result[name] = {"losses": losses, "end": plain_state(net.state_dict().items())}

json.dump(result, sys.stdout, separators=(",", ":"))
sys.stdout.write("\n")
