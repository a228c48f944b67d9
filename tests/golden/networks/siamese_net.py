"""The networks of paper 004, as it prints them, their sizes made arguments. See golden.py."""
import torch
from golden import case, count, draw, result, uniform, write
from torch import nn

# As printed: outputs and kernel of each convolution, side after the last, values of a description.
PRINTED = ([(64, 10), (128, 7), (128, 4), (256, 4)], 6, 4096)
SMALL = ([(3, 4), (4, 3), (5, 2)], 1, 6)  # of pictures of 15 x 15


class SiameseNetwork(nn.Module):
    def __init__(self, convolutions, side, dimension, normed):
        super().__init__()
        layers, inputs = [], 1
        self.renames = {"fc1.0": "description", "fc1.1": "norm", "fc1": "description", "fc2.0": "head"}
        for i, (outputs, kernel) in enumerate(convolutions):
            self.renames[f"cnn.{len(layers)}"] = f"stages.{i}.conv"
            self.renames[f"cnn.{len(layers) + 1}"] = f"stages.{i}.norm"
            layers.append(nn.Conv2d(inputs, outputs, kernel_size=kernel, stride=1))
            layers += [nn.BatchNorm2d(outputs)] if normed else []
            layers += [nn.ReLU(inplace=True), nn.MaxPool2d(kernel_size=2)]
            inputs = outputs
        self.cnn = nn.Sequential(*layers[:-1])
        first = nn.Linear(inputs * side * side, dimension)
        self.fc1 = nn.Sequential(first, nn.BatchNorm1d(dimension), nn.ReLU()) if normed else first
        self.fc2 = nn.Sequential(nn.Linear(dimension, 1), nn.Sigmoid())

    def flatten_one(self, input):
        return input.view(input.size(0), -1)

    def forward(self, one, two):
        output1 = self.cnn(one)
        output2 = self.cnn(two)
        output1 = self.flatten_one(output1)
        output2 = self.flatten_one(output2)
        output1 = self.fc1(output1)
        output2 = self.fc1(output2)
        similarity = self.fc2(torch.abs(output1 - output2))
        return similarity


def pairs():
    return {"one": uniform((4, 1, 15, 15)), "two": uniform((4, 1, 15, 15))}


def weakly(module):
    draw(module, -0.35, 0.4)


case("plain", SiameseNetwork(*SMALL, False), drawn=weakly, **pairs())
case("batch norm", SiameseNetwork(*SMALL, True), drawn=weakly, **pairs())
case("inference", SiameseNetwork(*SMALL, True), drawn=weakly, training=False, **pairs())
result["parameters"] = {
    "plain": count(SiameseNetwork(*PRINTED, False)),
    "batch norm": count(SiameseNetwork(*PRINTED, True)),
}
write()
