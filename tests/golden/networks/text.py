"""Networks for texts: TextCnn as in Kim 2014, transformer encoders by PyTorch's own blocks. See golden.py."""
import torch
from golden import case, uniform, write
from torch import nn


class TextCnn(nn.Module):
    def __init__(self, vocabulary, dimension, widths, filters, classes):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, dimension)
        self.convolutions = nn.ModuleList(nn.Conv2d(dimension, filters, (1, width)) for width in widths)
        self.head = nn.Linear(filters * len(widths), classes)

    def forward(self, tokens):
        x = self.embedding(tokens).transpose(1, 2)
        maps = [
            torch.relu(nn.functional.conv1d(x, conv.weight[:, :, 0], conv.bias)) for conv in self.convolutions
        ]
        return self.head(torch.cat([m.max(2).values for m in maps], 1))


class Encoder(nn.Module):
    def __init__(self, order):
        super().__init__()
        self.embedding = nn.Embedding(7, 6)
        self.positions = nn.Parameter(torch.zeros(5, 1, 6))
        block = lambda: nn.TransformerEncoderLayer(6, 2, 8, 0, "gelu", norm_first=order == "pre")
        self.blocks = nn.ModuleList([block(), block()])
        self.norm = nn.LayerNorm(6)
        self.order = order
        self.renames = {}
        for i in range(2):
            self.renames |= {f"blocks.{i}.linear1": f"blocks.{i}.mlp.layers.0"}
            self.renames |= {f"blocks.{i}.linear2": f"blocks.{i}.mlp.layers.1"}
            self.renames |= {f"blocks.{i}.self_attn": f"blocks.{i}.attention"}
            self.renames |= {f"blocks.{i}.self_attn.out_proj": f"blocks.{i}.attention.output"}

    def forward(self, tokens, present=None, mask=None):
        x = self.embedding(tokens.T) + self.positions[: tokens.shape[1]]
        x = self.norm(x) if self.order == "post" else x
        for block in self.blocks:
            x = block(x, src_mask=mask, src_key_padding_mask=None if present is None else ~present)
        return (self.norm(x) if self.order == "pre" else x).transpose(0, 1)


def mean(tokens, present):
    weights = present[:, :, None].double()
    return (pre(tokens, present) * weights).sum(1) / weights.sum(1)


def last(tokens, present):
    return pre(tokens, present, causal)[torch.arange(3), present.sum(1) - 1]


tokens = torch.tensor([[0, 6, 2, 1], [2, 2, 1, 5], [4, 1, 6, 3]])
present = torch.tensor([[1, 1, 1, 0], [1, 1, 0, 0], [1, 1, 1, 1]], dtype=torch.bool)
causal = torch.triu(torch.ones(4, 4, dtype=torch.bool), 1)
pre, post = Encoder("pre"), Encoder("post")
case("TextCnn", TextCnn(7, 4, [2, 3], 3, 2), tokens=tokens)
case("pre", pre, lambda tokens: pre(tokens), tokens=tokens)
case("post, padding", post, tokens=tokens, present=present)
case("causal", pre, lambda tokens: pre(tokens, None, causal), tokens=tokens)
case("mean", pre, lambda tokens: pre(tokens).mean(1), tokens=tokens)
case("mean, padding", pre, mean, tokens=tokens, present=present)
case("last, causal and padding", pre, last, tokens=tokens, present=present)
case("first", post, lambda tokens: post(tokens)[:, 0], tokens=tokens)
write()
