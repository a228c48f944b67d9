"""Vision transformers as Dosovitskiy et al. 2021 and DINOv2 (registers, layer scale) lay them out. See golden.py."""
import torch
import torch.nn.functional as F
from golden import case, count, draw, result, uniform, write
from torch import nn


class Mlp(nn.Module):
    def __init__(self, dimension, hidden):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(dimension, hidden), nn.Linear(hidden, dimension)])

    def forward(self, x):
        return self.layers[1](F.gelu(self.layers[0](x)))


class Block(nn.Module):
    def __init__(self, dimension, heads, scaled):
        super().__init__()
        self.norm1 = nn.LayerNorm(dimension, 1e-6)
        self.attention = nn.MultiheadAttention(dimension, heads, batch_first=True)
        self.norm2 = nn.LayerNorm(dimension, 1e-6)
        self.mlp = Mlp(dimension, 4 * dimension)
        self.scale1 = nn.Parameter(torch.ones(dimension)) if scaled else 1
        self.scale2 = nn.Parameter(torch.ones(dimension)) if scaled else 1

    def forward(self, x):
        y = self.norm1(x)
        x = x + self.scale1 * self.attention(y, y, y)[0]
        return x + self.scale2 * self.mlp(self.norm2(x))


class VisionTransformer(nn.Module):
    def __init__(self, size, patch, dimension, depth, heads, classes=None, mean=False, registers=0, scaled=False):
        super().__init__()
        grid = [side // patch for side in size]
        self.side, self.mean = patch, mean
        self.patches = nn.Linear(3 * patch * patch, dimension)
        token = lambda number: nn.Parameter(torch.zeros(number, 1, dimension))
        self.classToken = None if mean else token(1)
        self.registers = token(registers) if registers else None
        self.positions = token(grid[0] * grid[1] + (0 if mean else 1))
        self.blocks = nn.Sequential(*(Block(dimension, heads, scaled) for _ in range(depth)))
        self.norm = nn.LayerNorm(dimension, 1e-6)
        if classes:
            self.head = nn.Linear(dimension, classes)

    def tokens(self, x):
        n, side = len(x), self.side
        kernel = self.patches.weight.view(-1, 3, side, side)
        x = F.conv2d(x, kernel, self.patches.bias, stride=side).flatten(2).transpose(1, 2)
        each = lambda token: token.transpose(0, 1).expand(n, -1, -1)
        if not self.mean:
            x = torch.cat([each(self.classToken), x], 1)
        x = x + self.positions.transpose(0, 1)
        if self.registers is not None:
            first = 0 if self.mean else 1
            x = torch.cat([x[:, :first], each(self.registers), x[:, first:]], 1)
        return self.norm(self.blocks(x))

    def features(self, x):
        x, registers = self.tokens(x), 0 if self.registers is None else len(self.registers)
        return x[:, registers:].mean(1) if self.mean else x[:, 0]

    def forward(self, x):
        x = self.features(x)
        return self.head(x) if hasattr(self, "head") else x


def weakly(module):
    draw(module, -0.5, 0.6)


small = ((4, 6), 2, 6, 2, 2)
tokens = VisionTransformer(*small, registers=2)
case("class", VisionTransformer(*small, classes=3), drawn=weakly, x=uniform((2, 3, 4, 6)))
case("mean", VisionTransformer(*small, classes=2, mean=True), drawn=weakly, x=uniform((2, 3, 4, 6)))
dinov2 = VisionTransformer(*small, registers=2, scaled=True)
case("DINOv2", dinov2, drawn=weakly, x=uniform((2, 3, 4, 6)))
case("mean, registers", VisionTransformer(*small, mean=True, registers=1), drawn=weakly, x=uniform((2, 3, 4, 6)))
case("tokens", tokens, tokens.tokens, drawn=weakly, x=uniform((2, 3, 4, 6)))
result["parameters"] = {
    "small": count(VisionTransformer((224, 224), 16, 384, 12, 6, 1000)),
    "base": count(VisionTransformer((224, 224), 16, 768, 12, 12, 1000)),
}
write()
