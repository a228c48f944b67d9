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
write()
