import torch.nn.functional as F
from golden import case, make, write

case(
    "LayerNormalization",
    lambda x, scale, shift: F.layer_norm(x, (5,), scale, shift),
    x=make((2, 3, 5)),
    scale=make((5,)),
    shift=make((5,)),
)
case(
    "LayerNormalization of two axes",
    lambda x, scale: F.layer_norm(x, (3, 4), scale, eps=0.1),
    x=make((2, 3, 4)),
    scale=make((3, 4)),
)
case(
    "SimplifiedLayerNormalization",
    lambda x, scale: x / (x * x).mean(-1, keepdim=True).add(0.01).sqrt() * scale,
    x=make((2, 3, 5)),
    scale=make((5,)),
)


def skipped(x, skip, scale, shift, bias):
    total = x + skip + bias
    return 2 * F.layer_norm(total, (4,), scale, shift, eps=0.01) + total


case(
    "com.microsoft.SkipLayerNormalization",
    skipped,
    x=make((2, 3, 4)),
    skip=make((2, 3, 4)),
    scale=make((4,)),
    shift=make((4,)),
    bias=make((4,)),
)


def skipped_simplified(x, skip, scale):
    total = x + skip
    return 2 * total / (total * total).mean(-1, keepdim=True).add(0.01).sqrt() * scale + total


case(
    "com.microsoft.SkipSimplifiedLayerNormalization",
    skipped_simplified,
    x=make((2, 3, 4)),
    skip=make((2, 3, 4)),
    scale=make((4,)),
)
write()
