import torch
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
write()
