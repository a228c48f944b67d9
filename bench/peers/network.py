# The peer of bench/training-networks.ts: the same network, loss, optimizer, weights and batch in PyTorch.
# Arguments: folder with setup.json, weights.f32 and inputs.f32, then threads. Then each line on standard
# input is a number of steps to make; the answer is a line of JSON with the milliseconds of each, the
# losses and the peak of resident memory.
import json
import os
import resource
import sys
import time
from pathlib import Path


def say(**fields):
    print(json.dumps(fields), flush=True)


try:
    import numpy as np
    import torch
    import torch.nn.functional as F
    from torch import nn
except ImportError as error:
    say(missing=str(error))
    sys.exit(0)


folder, threads = Path(sys.argv[1]), int(sys.argv[2])
setup = json.loads((folder / "setup.json").read_text())
SETTINGS = setup["settings"]


class CompactBlock(nn.Module):
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
        self.blocks = nn.Sequential(*(CompactBlock(outputs) for _ in range(blocks)))

    def forward(self, x):
        return self.blocks(torch.relu_(self.norm(self.conv(x))))


class Encoder(nn.Module):
    """The shipped encoder, trained by triplets that are mined in the batch."""

    def __init__(self):
        super().__init__()
        widths, blocks, dimension = (SETTINGS[key] for key in ("widths", "blocks", "dimension"))
        sizes = zip([3, *widths], widths, [0, *blocks])
        self.stages = nn.Sequential(*(Stage(*size) for size in sizes))
        self.head = nn.Linear(widths[-1], dimension)

    def loss(self, pictures, products):
        vectors = F.normalize(self.head(self.stages(pictures).mean((2, 3))), dim=1)
        same = products[:, None] == products[None, :]
        positive, negative = same & ~torch.eye(len(products), dtype=torch.bool), ~same
        similarity = vectors @ vectors.T
        fixed = similarity.detach()
        epsilon = SETTINGS["minerEpsilon"]
        hardest_positive = fixed.masked_fill(~positive, 4).amin(1, keepdim=True)
        hardest_negative = fixed.masked_fill(~negative, -4).amax(1, keepdim=True)
        hard_positive = (positive & (fixed < hardest_negative + epsilon)).float()
        hard_negative = (negative & (fixed > hardest_positive - epsilon)).float()
        distance = (2 - 2 * similarity).clamp(min=1e-8).sqrt()
        hinge = torch.relu(distance[:, :, None] - distance[:, None, :] + SETTINGS["margin"])
        terms = hard_positive[:, :, None] * hard_negative[:, None, :] * hinge
        return terms.sum() / (terms.detach() > 0).sum().clamp(min=1)


class Siamese(nn.Module):
    """The final network of paper 004."""

    def __init__(self):
        super().__init__()

        def stage(inputs, outputs, kernel):
            return [nn.Conv2d(inputs, outputs, kernel), nn.BatchNorm2d(outputs), nn.ReLU(True)]

        self.cnn = nn.Sequential(
            *stage(1, 64, 10), nn.MaxPool2d(2), *stage(64, 128, 7), nn.MaxPool2d(2),
            *stage(128, 128, 4), nn.MaxPool2d(2), *stage(128, 256, 4),
        )
        self.fc1 = nn.Sequential(nn.Linear(9216, 4096), nn.BatchNorm1d(4096), nn.ReLU(True))
        self.fc2 = nn.Linear(4096, 1)

    def loss(self, one, two, same):
        # one product for both, a third of the time of one for each; batches are normalised each alone
        seen = torch.cat([self.cnn(x).flatten(1) for x in (one, two)])
        a, b = (self.fc1[1:](x) for x in self.fc1[0](seen).chunk(2))
        return F.binary_cross_entropy(torch.sigmoid(self.fc2((a - b).abs())), same)


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        if stride != 1 or inputs != outputs:
            conv = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
            self.past = nn.Sequential(conv, nn.BatchNorm2d(outputs))
        else:
            self.past = nn.Identity()

    def forward(self, x):
        y = F.relu(self.norm1(self.conv1(x)), True)
        return F.relu(self.norm2(self.conv2(y)) + self.past(x), True)


class ResNet18(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.norm = nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64)
        sizes = [(64, 64), (64, 128), (128, 256), (256, 512)]
        blocks = [[Block(i, o, 1 if i == o else 2), Block(o, o, 1)] for i, o in sizes]
        self.blocks = nn.Sequential(*(block for pair in blocks for block in pair))
        self.head = nn.Linear(512, 1000)

    def loss(self, pictures, labels):
        x = F.max_pool2d(F.relu(self.norm(self.conv(pictures)), True), 3, 2, 1)
        return F.cross_entropy(self.head(self.blocks(x).mean((2, 3))), labels)


class Attention(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.q, self.k, self.v, self.out = (nn.Linear(d, d) for _ in range(4))
        self.heads = heads

    def join(self):
        """One product for queries, keys and values, which is what PyTorch is best at."""
        d = self.q.weight.shape[0]
        self.qkv = nn.Linear(d, 3 * d)
        with torch.no_grad():
            self.qkv.weight.copy_(torch.cat([self.q.weight, self.k.weight, self.v.weight]))
            self.qkv.bias.copy_(torch.cat([self.q.bias, self.k.bias, self.v.bias]))
        del self.q, self.k, self.v

    def forward(self, x):
        n, length, d = x.shape
        q, k, v = self.qkv(x).reshape(n, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        return self.mix(q, k, v)

    def first(self, x):
        """What the first token gets, without the queries of the others."""
        n, length, d = x.shape
        w, b = self.qkv.weight, self.qkv.bias
        q = F.linear(x[:, :1], w[:d], b[:d]).reshape(n, 1, self.heads, -1).transpose(1, 2)
        kv = F.linear(x, w[d:], b[d:]).reshape(n, length, 2, self.heads, -1)
        k, v = kv.permute(2, 0, 3, 1, 4)
        return self.mix(q, k, v)

    def mix(self, q, k, v):
        n, heads, length, size = q.shape
        weights = (q * size**-0.5 @ k.transpose(-1, -2)).softmax(-1)
        return self.out((weights @ v).transpose(1, 2).reshape(n, length, heads * size))


class TransformerBlock(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.norm1, self.attention = nn.LayerNorm(d, eps=1e-6), Attention(d, heads)
        self.norm2, self.fc1, self.fc2 = nn.LayerNorm(d, eps=1e-6), nn.Linear(d, 4 * d), nn.Linear(4 * d, d)

    def forward(self, x):
        return self.perceive(x + self.attention(self.norm1(x)))

    def first(self, x):
        return self.perceive(x[:, :1] + self.attention.first(self.norm1(x)))

    def perceive(self, x):
        return x + self.fc2(F.gelu(self.fc1(self.norm2(x))))


class ViTSmall(nn.Module):
    def __init__(self, d=384):
        super().__init__()
        self.patches = nn.Linear(768, d)  # loaded as a product, applied as the convolution it is
        self.token, self.positions = nn.Parameter(torch.zeros(1, 1, d)), nn.Parameter(torch.zeros(197, 1, d))
        self.blocks = nn.Sequential(*(TransformerBlock(d, 6) for _ in range(12)))
        self.norm, self.head = nn.LayerNorm(d, eps=1e-6), nn.Linear(d, 1000)

    def loss(self, pictures, labels):
        kernel = self.patches.weight.view(-1, 3, 16, 16)
        x = F.conv2d(pictures, kernel, self.patches.bias, stride=16).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.positions.transpose(0, 1)
        # as on the other side: of the last block only what the head reads
        token = self.blocks[-1].first(self.blocks[:-1](x))
        return F.cross_entropy(self.head(self.norm(token[:, 0])), labels)


class Perceptron(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(512, 512), nn.ReLU(True), nn.Linear(512, 512))

    def loss(self, rows, labels):
        return F.cross_entropy(self.layers(rows), labels)


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.head = nn.LSTM(512, 512), nn.Linear(512, 10)

    def loss(self, steps, labels):
        return F.cross_entropy(self.head(self.lstm(steps)[0][-1]), labels)


def gates(values):
    """From the order of ONNX (input, output, forget, cell) to PyTorch's (input, forget, cell, output)."""
    i, o, f, c = np.split(values, 4)
    return np.concatenate([i, f, c, o])


def load(net, listed, values):
    """Fills parameters and running statistics in their order, which is the same on both sides."""
    own = [(k, t) for k, t in net.state_dict().items() if not k.endswith("num_batches_tracked")]
    arrays, start = [], 0
    for entry in listed:
        end = start + int(np.prod(entry["shape"]))
        arrays.append(values[start:end].reshape(entry["shape"]))
        start = end
    if isinstance(net, Recurrent):
        # ONNX keeps both biases of a direction in one array, and a leading axis of directions
        w, r, b, *rest = arrays
        split = np.split(b[0], 2)
        arrays = [gates(w[0]), gates(r[0]), gates(split[0]), gates(split[1]), *rest]
    if isinstance(net, ViTSmall):
        # PyTorch lists a module's own parameters before those of its parts
        arrays = [*arrays[2:4], *arrays[:2], *arrays[4:]]
    assert len(own) == len(arrays), (len(own), len(arrays))
    for (name, tensor), array in zip(own, arrays):
        assert tuple(tensor.shape) == array.shape, (name, tensor.shape, array.shape)
        with torch.no_grad():
            tensor.copy_(torch.from_numpy(np.ascontiguousarray(array)))


NETWORKS = {"encoder": Encoder, "siamese": Siamese, "resnet18": ResNet18, "vit": ViTSmall, "mlp": Perceptron, "lstm": Recurrent}
OPTIMIZERS = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "sgd": torch.optim.SGD}

torch.set_num_threads(threads)
net = NETWORKS[setup["network"]]()
load(net, setup["weights"], np.fromfile(folder / "weights.f32", dtype="<f4"))
for module in net.modules():
    if isinstance(module, Attention):
        module.join()
given, start = np.fromfile(folder / "inputs.f32", dtype="<f4"), 0
inputs = []
for entry in setup["inputs"]:
    end = start + int(np.prod(entry["shape"]))
    tensor = torch.from_numpy(given[start:end].reshape(entry["shape"]))
    inputs.append(tensor.long() if entry["integers"] else tensor)
    start = end
if os.environ.get("CHANNELS_LAST") == "1":
    # weights and pictures of four axes alike
    net = net.to(memory_format=torch.channels_last)
    last = {"memory_format": torch.channels_last}
    inputs = [x.contiguous(**last) if x.dim() == 4 else x for x in inputs]
decayed = [p for p in net.parameters() if p.dim() > 1]
others = [p for p in net.parameters() if p.dim() <= 1]
options = setup["optimizer"]["options"]
optimizer = OPTIMIZERS[setup["optimizer"]["name"]](
    [{"params": decayed}, {"params": others, "weight_decay": 0.0}], **options
)


def step():
    optimizer.zero_grad(set_to_none=True)
    loss = net.loss(*inputs)
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
    used = resource.getrusage(resource.RUSAGE_SELF)
    say(times=times, losses=losses, peakMiB=used.ru_maxrss / 1024, cpuMs=used.ru_utime * 1000)
