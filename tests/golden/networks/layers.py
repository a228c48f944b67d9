"""Single layers. See golden.py."""
import torch
from golden import case, uniform, write
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x):
        return torch.relu(x + self.norm2(self.conv2(torch.relu(self.norm1(self.conv1(x))))))


class Mlp(nn.Module):
    def __init__(self, *widths):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(*pair) for pair in zip(widths, widths[1:]))

    def forward(self, x):
        for i, layer in enumerate(self.layers):
            x = layer(torch.tanh(x) if i > 0 else x)
        return x


class DinoHead(nn.Module):
    def __init__(self, inputs, hidden, bottleneck, prototypes):
        super().__init__()
        self.mlp = nn.Module()
        widths = [inputs, hidden, hidden, bottleneck]
        self.mlp.layers = nn.ModuleList(nn.Linear(*pair) for pair in zip(widths, widths[1:]))
        self.prototypes = nn.Module()
        self.prototypes.direction = nn.Parameter(torch.empty(prototypes, bottleneck))

    def forward(self, x):
        for i, layer in enumerate(self.mlp.layers):
            x = layer(F.gelu(x) if i > 0 else x)
        # the library's own weight normalisation, its lengths fixed to 1
        ones = torch.ones(len(self.prototypes.direction), 1)
        weight = torch._weight_norm(self.prototypes.direction, ones, 0)
        return F.linear(F.normalize(x, dim=-1), weight)


plain_conv = nn.Conv2d(2, 3, 3, stride=2, padding=1, bias=False)
grouped_conv = nn.Conv2d(4, 6, (3, 2), padding=(2, 0), groups=2)
case("Linear", nn.Linear(4, 3), x=uniform((5, 4)))
case("Mlp", Mlp(4, 5, 3, 2), x=uniform((3, 4)))
case("Conv", plain_conv, x=uniform((2, 2, 5, 6)))
case("Conv, groups and bias", grouped_conv, x=uniform((2, 4, 4, 5)))
case("BatchNorm", nn.BatchNorm2d(3), x=uniform((4, 3, 3, 2)))
case("BatchNorm, inference", nn.BatchNorm2d(3), training=False, x=uniform((4, 3, 3, 2)))
case("BatchNorm, two values a channel", nn.BatchNorm2d(3), x=uniform((2, 3, 1, 1)))
case("BatchNorm, rows", nn.BatchNorm1d(3), x=uniform((5, 3)))
twice = nn.BatchNorm2d(2)
two = {"x": uniform((3, 2, 2, 2)), "z": uniform((3, 2, 2, 2))}
case("BatchNorm, twice", twice, lambda x, z: twice(x) - 2 * twice(z), **two)
case("ResidualBlock", Block(3), x=uniform((3, 3, 4, 5)))
case("unitLength", nn.Module(), lambda x: nn.functional.normalize(x), x=uniform((4, 3)))
case("DinoHead", DinoHead(4, 6, 3, 5), x=uniform((4, 4)))
write()
