import torch
import torch.nn.functional as F
from golden import case, make, write


def channels_apart(x, block):
    """[N, C B B, H, W] with the channels of a square side by side, from those with them C apart."""
    n, depth, h, w = x.shape
    return x.reshape(n, block * block, depth // block**2, h, w).transpose(1, 2).reshape(x.shape)


case("DepthToSpace CRD", lambda x: F.pixel_shuffle(x, 2), x=make((2, 12, 2, 3)))
case("DepthToSpace DCR", lambda x: F.pixel_shuffle(channels_apart(x, 2), 2), x=make((2, 12, 2, 3)))
case(
    "SpaceToDepth",
    lambda x: torch.cat([x[:, :, i::2, j::2] for i in (0, 1) for j in (0, 1)], 1),
    x=make((2, 3, 4, 6)),
)
write()
