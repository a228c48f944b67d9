"""Residual networks as torchvision lays them out, He et al. 2016. See golden.py."""
import torch
from golden import case, count, result, uniform, write
from torch import nn


def conv_norm(inputs, outputs, kernel, stride=1):
    conv = nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False)
    return conv, nn.BatchNorm2d(outputs)


class Shortcut(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv, self.norm = conv_norm(inputs, outputs, 1, stride)

    def forward(self, x):
        return self.norm(self.conv(x))


class Block(nn.Module):
    """Convolutions of these (outputs, kernel, stride), a ReLU after each but the last."""

    def __init__(self, inputs, *convolutions):
        super().__init__()
        self.depth, first, stride = len(convolutions), inputs, 1
        for i, (outputs, kernel, step) in enumerate(convolutions, 1):
            conv, norm = conv_norm(inputs, outputs, kernel, step)
            self.add_module(f"conv{i}", conv)
            self.add_module(f"norm{i}", norm)
            inputs, stride = outputs, stride * step
        if first != inputs or stride != 1:
            self.shortcut = Shortcut(first, inputs, stride)

    def forward(self, x):
        y = x
        for i in range(1, self.depth + 1):
            y = getattr(self, f"norm{i}")(getattr(self, f"conv{i}")(y))
            y = torch.relu(y) if i < self.depth else y
        return torch.relu(y + (self.shortcut(x) if hasattr(self, "shortcut") else x))


def basic(inputs, channels, stride):
    return Block(inputs, (channels, 3, stride), (channels, 3, 1)), channels


def bottleneck(inputs, channels, stride):
    outputs = 4 * channels
    return Block(inputs, (channels, 1, 1), (channels, 3, stride), (outputs, 1, 1)), outputs


class ResNet(nn.Module):
    def __init__(self, block, blocks, width=64, classes=1000):
        super().__init__()
        self.conv, self.norm = conv_norm(3, width, 7, 2)
        self.pool = nn.MaxPool2d(3, 2, 1)
        inputs, stages = width, []
        for stage, number in enumerate(blocks):
            layers = []
            for i in range(number):
                layer, inputs = block(inputs, width * 2**stage, 2 if stage > 0 and i == 0 else 1)
                layers.append(layer)
            stages.append(nn.Sequential(*layers))
        self.stages = nn.Sequential(*stages)
        self.head = nn.Linear(inputs, classes)

    def forward(self, x):
        x = self.stages(self.pool(torch.relu(self.norm(self.conv(x)))))
        return self.head(x.mean((2, 3)))


case("basic", ResNet(basic, [1, 2], 2, 5), x=uniform((3, 3, 13, 16)))
case("basic, inference", ResNet(basic, [2], 3, 2), training=False, x=uniform((2, 3, 16, 13)))
case("bottleneck", ResNet(bottleneck, [2, 1], 2, 3), x=uniform((3, 3, 14, 11)))
case("ResidualBlock, stride 2", basic(2, 3, 2)[0], x=uniform((3, 2, 5, 4)))
case("Bottleneck, stride 2", bottleneck(3, 2, 2)[0], x=uniform((3, 3, 4, 5)))
case("Bottleneck", bottleneck(8, 2, 1)[0], x=uniform((3, 8, 3, 2)))
result["parameters"] = {
    "18": count(ResNet(basic, [2, 2, 2, 2])),
    "34": count(ResNet(basic, [3, 4, 6, 3])),
    "50": count(ResNet(bottleneck, [3, 4, 6, 3])),
    "101": count(ResNet(bottleneck, [3, 4, 23, 3])),
}
write()
