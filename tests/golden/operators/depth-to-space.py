import torch.nn.functional as F
from golden import case, make, write


def depth_to_space(x, b):
    n, c, h, w = x.shape
    blocks = x.reshape(n, b, b, c // b**2, h, w)
    return blocks.permute(0, 3, 4, 1, 5, 2).reshape(n, c // b**2, h * b, w * b)


def space_to_depth(x, b):
    n, c, h, w = x.shape
    blocks = x.reshape(n, c, h // b, b, w // b, b)
    return blocks.permute(0, 3, 5, 1, 2, 4).reshape(n, c * b**2, h // b, w // b)


case("DepthToSpace, DCR", lambda x: depth_to_space(x, 2), x=make((2, 8, 2, 3)))
case("DepthToSpace, CRD", lambda x: F.pixel_shuffle(x, 2), x=make((2, 8, 2, 3)))
case("SpaceToDepth", lambda x: space_to_depth(x, 2), x=make((2, 2, 4, 6)))
write()
