# The peer of bench/training-step.ts: the same network, loss, optimizer, weights and batch in PyTorch.
# Arguments: folder with setup.json, weights.f32 and pictures.f32, then threads. Then each line on
# standard input is a number of steps to make; the answer is a line of JSON with the milliseconds of
# each, the losses and the peak of resident memory.
import json
import resource
import sys
import time
from pathlib import Path


def say(**fields):
    print(json.dumps(fields), flush=True)


try:
    import numpy as np
    import torch
    from torch import nn
except ImportError as error:
    say(missing=str(error))
    sys.exit(0)


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x):
        inner = torch.relu_(self.norm1(self.conv1(x)))
        return torch.relu_(x + self.norm2(self.conv2(inner)))


class Stage(nn.Module):
    def __init__(self, inputs, outputs, blocks):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, stride=2, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(outputs)
        self.blocks = nn.Sequential(*(Block(outputs) for _ in range(blocks)))

    def forward(self, x):
        return self.blocks(torch.relu_(self.norm(self.conv(x))))


class Net(nn.Module):
    def __init__(self, widths, blocks, dimension):
        super().__init__()
        sizes = zip([3, *widths], widths, [0, *blocks])
        self.stages = nn.Sequential(*(Stage(*size) for size in sizes))
        self.head = nn.Linear(widths[-1], dimension)

    def forward(self, x):
        return nn.functional.normalize(self.head(self.stages(x).mean(dim=(2, 3))), dim=1)


def loss_of(vectors, positive, negative, margin, epsilon):
    similarity = vectors @ vectors.T
    fixed = similarity.detach()
    hardest_positive = fixed.masked_fill(~positive, 4).amin(1, keepdim=True)
    hardest_negative = fixed.masked_fill(~negative, -4).amax(1, keepdim=True)
    hard_positive = (positive & (fixed < hardest_negative + epsilon)).float()
    hard_negative = (negative & (fixed > hardest_positive - epsilon)).float()
    distance = (2 - 2 * similarity).clamp(min=1e-8).sqrt()
    hinge = torch.relu(distance[:, :, None] - distance[:, None, :] + margin)
    terms = hard_positive[:, :, None] * hard_negative[:, None, :] * hinge
    return terms.sum() / (terms.detach() > 0).sum().clamp(min=1)


NAMES = {"scale": "weight", "shift": "bias", "mean": "running_mean", "variance": "running_var"}


def read_weights(folder, listed):
    values, state, start = np.fromfile(folder / "weights.f32", dtype="<f4"), {}, 0
    for entry in listed:
        *path, last = entry["name"].split(".")
        if path[-1].startswith("norm"):
            last = NAMES[last]
        end = start + int(np.prod(entry["shape"]))
        state[".".join([*path, last])] = torch.from_numpy(values[start:end].reshape(entry["shape"]))
        start = end
    return state


folder, threads = Path(sys.argv[1]), int(sys.argv[2])
torch.set_num_threads(threads)
setup = json.loads((folder / "setup.json").read_text())
net = Net(**setup["network"])
state = read_weights(folder, setup["weights"])
left = net.load_state_dict(state, strict=False)
assert not left.unexpected_keys, left
assert all(name.endswith("num_batches_tracked") for name in left.missing_keys), left
pictures = torch.from_numpy(np.fromfile(folder / "pictures.f32", dtype="<f4").reshape(setup["shape"]))
products = torch.tensor(setup["products"])
same = products[:, None] == products[None, :]
positive, negative = same & ~torch.eye(len(products), dtype=torch.bool), ~same
optimizer = torch.optim.AdamW(
    [
        {"params": [p for p in net.parameters() if p.dim() > 1], "weight_decay": setup["weightDecay"]},
        {"params": [p for p in net.parameters() if p.dim() == 1], "weight_decay": 0.0},
    ],
    lr=setup["learningRate"],
)


def step():
    optimizer.zero_grad(set_to_none=True)
    loss = loss_of(net(pictures), positive, negative, setup["margin"], setup["minerEpsilon"])
    loss.backward()
    optimizer.step()
    return loss.item()


say(version=torch.__version__, threads=torch.get_num_threads())
for line in sys.stdin:
    times, losses = [], []
    for _ in range(int(line)):
        start = time.perf_counter()
        losses.append(step())
        times.append((time.perf_counter() - start) * 1000)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say(times=times, losses=losses, peakMiB=peak)
