import torch.nn.functional as F
from golden import case, make, positive, write

case("MaxPool", lambda x: F.max_pool2d(x, (2, 3)), x=make((2, 2, 5, 7)))
case("GlobalAveragePool", lambda x: x.mean((2, 3), keepdim=True), x=make((2, 3, 3, 4)))
case("MaxPool overlapping", lambda x: F.max_pool2d(x, 3, 2, 1), x=make((2, 2, 6, 7)))
case(
    "MaxPool dilated, to the ceiling",
    lambda x: F.max_pool2d(x, (2, 3), 2, 1, (1, 2), ceil_mode=True),
    x=make((1, 2, 6, 8)),
)
case("AveragePool", lambda x: F.avg_pool2d(x, (2, 3)), x=make((2, 2, 5, 7)))
case("AveragePool padded", lambda x: F.avg_pool2d(x, 3, 2, 1), x=make((2, 2, 6, 7)))
for name, counted in [
    ("AveragePool of what is there, to the ceiling", False),
    ("AveragePool padded, to the ceiling", True),
]:
    case(
        name,
        lambda x, counted=counted: F.avg_pool2d(
            x, (3, 2), 2, (1, 0), ceil_mode=True, count_include_pad=counted
        ),
        x=make((2, 2, 6, 7)),
    )
case("GlobalMaxPool", lambda x: x.amax((2, 3), keepdim=True), x=make((2, 3, 3, 4)))
case("LpPool", lambda x: F.lp_pool2d(x, 2, (2, 3), (1, 2)), x=make((2, 2, 4, 7)))
case("LpPool of the third power", lambda x: F.lp_pool2d(x, 3, 2), x=positive((2, 2, 4, 4)))
write()
