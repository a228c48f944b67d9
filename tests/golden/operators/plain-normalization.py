import torch.nn.functional as F
from golden import case, make, write

case("LpNormalization", lambda x: F.normalize(x, p=2, dim=-1), x=make((3, 4)))
case("LpNormalization by the sum", lambda x: F.normalize(x, p=1, dim=1), x=make((2, 4, 3)))
case(
    "MeanVarianceNormalization",
    lambda x: (x - x.mean((0, 2, 3), keepdim=True))
    / x.var((0, 2, 3), unbiased=False, keepdim=True).sqrt(),
    x=make((2, 3, 2, 4)),
)
write()
