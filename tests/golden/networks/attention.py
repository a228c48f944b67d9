"""Attention and transformer blocks, by PyTorch's own. See golden.py."""
import torch
from golden import case, uniform, write
from torch import nn

attention = nn.MultiheadAttention(6, 2)
heads3 = nn.MultiheadAttention(6, 3)
padded = torch.tensor([[1, 1, 1, 0], [1, 0, 0, 0], [1, 1, 1, 1]], dtype=torch.bool)
causal = torch.triu(torch.ones(4, 4, dtype=torch.bool), 1)


def masked(x, present):
    return attention(x, x, x, key_padding_mask=~present)[0]


def both(x, present):
    return attention(x, x, x, key_padding_mask=~present, attn_mask=causal)[0]


def block(**options):
    layer = nn.TransformerEncoderLayer(6, 2, 8, 0, "gelu", **options)
    layer.renames = {"linear1": "mlp.layers.0", "linear2": "mlp.layers.1", "self_attn.out_proj": "attention.output"}
    layer.renames |= {"self_attn": "attention"}
    return layer


case("LayerNorm", nn.LayerNorm(5), x=uniform((3, 2, 5)))
case("Embedding", nn.Embedding(6, 3), numbers=torch.tensor([[0, 5, 2], [2, 2, 1]]))
case("self", attention, lambda x: attention(x, x, x)[0], x=uniform((4, 3, 6)))
case("cross", heads3, lambda q, m: heads3(q, m, m)[0], q=uniform((3, 2, 6)), m=uniform((5, 2, 6)))
case("padding", attention, masked, x=uniform((4, 3, 6)), present=padded)
case("causal and padding", attention, both, x=uniform((4, 3, 6)), present=padded)
case("pre", block(norm_first=True), x=uniform((4, 3, 6)))
case("post", block(layer_norm_eps=1e-6), x=uniform((4, 3, 6)))
masked_block = block(norm_first=True)
case("block, causal", masked_block, lambda x: masked_block(x, src_mask=causal), x=uniform((4, 2, 6)))
write()
