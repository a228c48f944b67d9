import torch.nn.functional as F
from golden import case, make, write

for name, shape, weight, options in [
    ("ConvTranspose", (2, 3, 4, 3), (3, 2, 3, 3), dict()),
    ("ConvTranspose strided", (2, 3, 4, 3), (3, 2, 3, 3), dict(stride=2, padding=1, output_padding=(1, 0))),
    (
        "ConvTranspose grouped, dilated",
        (1, 4, 4, 3),
        (4, 3, 2, 3),
        dict(stride=(1, 2), padding=(0, 1), dilation=(2, 1), groups=2),
    ),
]:
    case(
        name,
        lambda x, w, bias, options=options: F.conv_transpose2d(x, w, bias, **options),
        x=make(shape),
        w=make(weight),
        bias=make((weight[1] * options.get("groups", 1),)),
    )
# padding 0 before and 1 behind: PyTorch pads both sides alike, so its last place is cut off
case(
    "ConvTranspose in one dimension",
    lambda x, w, bias: F.conv_transpose1d(x, w, bias, stride=2, output_padding=1, groups=2)[..., :-1],
    x=make((2, 2, 4)),
    w=make((2, 2, 3)),
    bias=make((4,)),
)
write()
