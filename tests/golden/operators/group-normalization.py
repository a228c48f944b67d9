import torch.nn.functional as F
from golden import case, make, write

x = (2, 4, 3, 2)
case(
    "InstanceNormalization",
    lambda x, scale, shift: F.instance_norm(x, weight=scale, bias=shift),
    x=make(x),
    scale=make((4,)),
    shift=make((4,)),
)
case(
    "GroupNormalization",
    lambda x, scale, shift: F.group_norm(
        x, 2, scale.repeat_interleave(2), shift.repeat_interleave(2), eps=0.1
    ),
    x=make(x),
    scale=make((2,)),
    shift=make((2,)),
)
case(
    "GroupNormalization by channel",
    lambda x, scale, shift: F.group_norm(x, 2, scale, shift),
    x=make(x),
    scale=make((4,)),
    shift=make((4,)),
)
write()
