"""Makes small models with PyTorch's own exporter, and what PyTorch itself computes with them.

Run with PyTorch 1.13:  python3 -B tests/golden/onnx/make.py
Of each network there is one .json (inputs, outputs and gradients in float64) and an .onnx file for each
operator set.
"""

import json
import math
import pathlib
import warnings

import torch
from torch import nn
from torch.nn import functional as F

here = pathlib.Path(__file__).parent
warnings.filterwarnings("ignore")


class Residual(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.down = None
        if stride != 1:
            self.down = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return F.relu(y + (x if self.down is None else self.down(x)))


class ResNet(nn.Module):
    """A stem, two residual blocks and a classifier, as torchvision builds them."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 6, 3, 2, 1, bias=False), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(3, 2, 1)
        )
        self.layer1 = Residual(6, 6, 1)
        self.layer2 = Residual(6, 8, 2)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(8, 5)

    def forward(self, pixels):
        x = self.layer2(self.layer1(self.stem(pixels)))
        return self.fc(torch.flatten(self.pool(x), 1))


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x, bias=None):
        b, n, d = x.shape
        qkv = self.qkv(x).reshape(b, n, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv[0], qkv[1], qkv[2]
        scores = q @ k.transpose(-2, -1) * (d // self.heads) ** -0.5
        if bias is not None:
            scores = scores + bias
        return self.proj((scores.softmax(-1) @ v).transpose(1, 2).reshape(b, n, d))


class Block(nn.Module):
    def __init__(self, width, heads, activation, layer_scale):
        super().__init__()
        self.norm1 = nn.LayerNorm(width, 1e-6)
        self.attention = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width, 1e-6)
        self.fc1 = nn.Linear(width, 2 * width)
        self.fc2 = nn.Linear(2 * width, width)
        self.activation = activation
        self.gamma = nn.Parameter(torch.rand(width)) if layer_scale else None

    def forward(self, x, bias=None):
        y = self.attention(self.norm1(x), bias)
        x = x + (y if self.gamma is None else self.gamma * y)
        return x + self.fc2(self.activation(self.fc1(self.norm2(x))))


class ViT(nn.Module):
    """DINOv2's layout: class token, position table resized to the picture, LayerScale."""

    def __init__(self, width=12):
        super().__init__()
        self.patch = nn.Conv2d(3, width, 4, 4)
        self.cls_token = nn.Parameter(torch.randn(1, 1, width))
        self.pos_embed = nn.Parameter(torch.randn(1, 1 + 9, width))
        self.blocks = nn.ModuleList(Block(width, 3, F.gelu, True) for _ in range(2))
        self.norm = nn.LayerNorm(width)

    def positions(self, height, width):
        table = self.pos_embed[:, 1:].reshape(1, 3, 3, -1).permute(0, 3, 1, 2)
        table = F.interpolate(table, size=(height, width), mode="bicubic", align_corners=False)
        table = table.permute(0, 2, 3, 1).reshape(1, -1, self.pos_embed.shape[-1])
        return torch.cat((self.pos_embed[:, :1], table), dim=1)

    def forward(self, pixels):
        x = self.patch(pixels)
        height, width = x.shape[2], x.shape[3]
        x = x.flatten(2).transpose(1, 2)
        x = torch.cat((self.cls_token.expand(x.shape[0], -1, -1), x), dim=1)
        x = x + self.positions(height, width)
        for block in self.blocks:
            x = block(x)
        return self.norm(x)[:, 0]


def quick_gelu(x):
    return x * torch.sigmoid(1.702 * x)


class Text(nn.Module):
    """CLIP's text tower: causal and padding mask, the vector at the last token, a tied output."""

    def __init__(self, words=11, width=12, longest=8):
        super().__init__()
        self.tokens = nn.Embedding(words, width)
        self.positions = nn.Embedding(longest, width)
        self.register_buffer("position_ids", torch.arange(longest).unsqueeze(0))
        self.blocks = nn.ModuleList(Block(width, 2, quick_gelu, False) for _ in range(2))
        self.norm = nn.LayerNorm(width)
        self.projection = nn.Linear(width, 5, bias=False)
        self.triangle = False  # Trilu is there from operator set 14 on

    def forward(self, input_ids, attention_mask):
        b, n = input_ids.shape
        x = self.tokens(input_ids) + self.positions(self.position_ids[:, :n])
        lowest = -1e4
        if self.triangle:
            causal = torch.triu(torch.full((n, n), lowest, dtype=x.dtype), 1)[None, None]
        else:
            place = torch.arange(n)
            causal = (place[None, :] > place[:, None]).to(x.dtype) * lowest
        padding = (1.0 - attention_mask[:, None, None, :].to(x.dtype)) * lowest
        for block in self.blocks:
            x = block(x, causal + padding.expand(b, 1, n, n))
        x = self.norm(x)
        last = x[torch.arange(b), input_ids.argmax(-1)]
        words = last @ self.tokens.weight.t()
        return torch.cat((self.projection(last), words), -1)


class Mixed(nn.Module):
    """What else stands in networks for pictures."""

    def __init__(self):
        super().__init__()
        self.depthwise = nn.Conv2d(4, 4, 3, 1, 1, groups=4)
        self.group = nn.GroupNorm(2, 4)
        self.up = nn.ConvTranspose2d(4, 6, 2, 2, bias=False)
        self.instance = nn.InstanceNorm2d(6, affine=True)
        self.prelu = nn.PReLU(6)
        self.last = nn.Conv2d(6, 8, 1)

    def forward(self, x):
        x = F.hardswish(self.group(self.depthwise(x)))
        y = self.prelu(self.instance(self.up(x)))
        y = F.avg_pool2d(y, 3, 2, 1) * F.interpolate(x, scale_factor=1.0, mode="nearest")[:, :1]
        y = F.silu(self.last(F.elu(y)))
        a, b = y.chunk(2, 1)
        y = F.pixel_shuffle(torch.sigmoid(a) * b, 2)
        y = F.interpolate(y, scale_factor=2.0, mode="bilinear", align_corners=False)
        return F.normalize(y.flatten(1), dim=-1)


class Recurrent(nn.Module):
    """Both kinds of recurrent layers over words, the mean over time."""

    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(9, 5)
        self.lstm = nn.LSTM(5, 4, bidirectional=True, batch_first=True)
        self.gru = nn.GRU(8, 6, batch_first=True)
        self.out = nn.Linear(6, 3)

    def forward(self, words):
        x, _ = self.lstm(self.words(words))
        x, last = self.gru(x)
        return self.out(torch.tanh(x).mean(1) + last[0])


def randomize(network):
    """Weights of a size that leaves no gradient tiny."""
    for name, value in network.state_dict().items():
        if name.endswith("running_var"):
            value.uniform_(0.5, 1.5)
        elif value.dtype.is_floating_point:
            scale = 0.5 if value.dim() == 1 else 1.5 / math.sqrt(value[0].numel())
            value.normal_(1.0 if "norm" in name and name.endswith("weight") else 0.0, scale)
    return network.eval()


def listed(tensor, digits=7):
    dtype = "int64" if tensor.dtype == torch.int64 else "float32"
    numbers = [float(f"{x:.{digits}g}") for x in tensor.flatten().tolist()]
    return {"dtype": dtype, "shape": list(tensor.shape), "data": numbers}


def export(name, network, inputs, axes, opset, **options):
    torch.onnx.export(
        network,
        tuple(inputs.values()),
        here / f"{name}-{opset}.onnx",
        input_names=list(inputs),
        output_names=["output"],
        dynamic_axes={**axes, "output": {0: "batch"}},
        opset_version=opset,
        **options,
    )


def differentiated(network, inputs, weighting=None):
    """Output and gradients of sum(output * weighting)."""
    exact = network.double()
    exact.zero_grad()
    given = [x.double().requires_grad_() if x.is_floating_point() else x for x in inputs.values()]
    output = exact(*given)
    if weighting is None:
        weighting = torch.randn(output.shape, dtype=torch.float64)
    (output * weighting).sum().backward()
    values = {
        "output": listed(output.detach()),
        "inputGradients": {
            key: listed(value.grad) for key, value in zip(inputs, given) if value.grad is not None
        },
        "gradients": {key: listed(value.grad) for key, value in exact.named_parameters()},
    }
    return values, weighting


def golden(name, network, inputs):
    parameters = {
        # with as many digits as a float32 needs to be the same again
        key: listed(value.detach(), 9)
        for key, value in network.named_parameters()
    }
    values, weighting = differentiated(network, inputs)
    values["inputs"] = {key: listed(value, 9) for key, value in inputs.items()}
    values["weighting"] = listed(weighting)
    values["parameters"] = parameters
    if any(key.endswith("running_mean") for key, _ in network.named_buffers()):
        # by the statistics of the batch, which then move those of the network
        values["training"], _ = differentiated(network.train(), inputs, weighting)
        values["training"]["statistics"] = {
            key: listed(value) for key, value in network.named_buffers() if "running" in key
        }
    (here / f"{name}.json").write_text(json.dumps(values, separators=(",", ":")))


torch.manual_seed(5)
batch = {0: "batch"}
picture = {0: "batch", 2: "height", 3: "width"}
words = {0: "batch", 1: "length"}
ids = torch.tensor([[3, 5, 2, 10, 0, 0], [1, 1, 4, 2, 7, 10]])
mask = torch.tensor([[1, 1, 1, 1, 0, 0], [1, 1, 1, 1, 1, 1]])

network, inputs = randomize(ResNet()), {"pixels": torch.randn(2, 3, 17, 20)}
export("res-net", network, inputs, {"pixels": picture}, 11)
kept = {"training": torch.onnx.TrainingMode.PRESERVE, "do_constant_folding": False}
export("res-net", network, inputs, {"pixels": picture}, 14, **kept)
golden("res-net", network, inputs)

network, inputs = randomize(ViT()), {"pixels": torch.randn(2, 3, 16, 20)}
for opset in (11, 14, 16):
    export("vit", network, inputs, {"pixels": picture}, opset)
golden("vit", network, inputs)

network, inputs = randomize(Text()), {"input_ids": ids, "attention_mask": mask}
for opset in (11, 14, 16):
    network.triangle = opset >= 14
    # unfolded, the words that are read and those that are given out are one and the same tensor
    folded = {"do_constant_folding": opset != 14}
    export("text", network, inputs, {"input_ids": words, "attention_mask": words}, opset, **folded)
golden("text", network, inputs)

network, inputs = randomize(Mixed()), {"x": torch.randn(2, 4, 6, 8)}
for opset in (11, 14, 16):
    export("mixed", network, inputs, {"x": batch}, opset)
golden("mixed", network, inputs)

network, inputs = randomize(Recurrent()), {"words": ids % 9}
for opset in (11, 14):
    export("recurrent", network, inputs, {"words": words}, opset)
golden("recurrent", network, inputs)
