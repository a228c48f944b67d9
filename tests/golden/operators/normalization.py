import torch
import torch.nn.functional as F
from golden import case, make, positive, write

case(
    "BatchNormalization",
    lambda x, scale, shift, mean, variance: (x - mean[:, None, None])
    / torch.sqrt(variance[:, None, None] + 0.01)
    * scale[:, None, None]
    + shift[:, None, None],
    x=make((2, 3, 2, 4)),
    scale=make((3,)),
    shift=make((3,)),
    mean=make((3,)),
    variance=positive((3,)),
)
case(
    "BatchNormalization in training",
    lambda x, scale, shift: F.batch_norm(x, None, None, scale, shift, training=True, eps=0.01),
    x=make((3, 2, 4, 2)),
    scale=make((2,)),
    shift=make((2,)),
)
write()
