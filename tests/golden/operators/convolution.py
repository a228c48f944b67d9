import torch.nn.functional as F
from golden import case, make, write

for name, shape, weight, options in [
    ("Conv", (2, 3, 6, 5), (4, 3, 3, 3), dict(padding=1)),
    ("Conv strided, even", (2, 3, 6, 8), (4, 3, 3, 3), dict(padding=1, stride=2)),
    ("Conv strided, odd", (2, 3, 7, 5), (4, 3, 3, 3), dict(padding=1, stride=2)),
    ("Conv depthwise", (2, 4, 6, 5), (4, 1, 3, 3), dict(padding=1, stride=2, groups=4)),
    ("Conv dilated", (1, 2, 7, 8), (3, 2, 3, 2), dict(padding=(2, 0), stride=(1, 2), dilation=(2, 3))),
]:
    case(
        name,
        lambda x, w, bias, options=options: F.conv2d(x, w, bias, **options),
        x=make(shape),
        w=make(weight),
        bias=make((weight[0],)),
    )
write()
