import torch
import torch.nn.functional as F
from golden import case, make, write

case("Concat", lambda a, b: torch.cat([a, b], 1), a=make((2, 1)), b=make((2, 3)))
case("Split", lambda x: x[:, :1] * x[:, 3:], x=make((2, 6)))
case("Split, uneven", lambda x: torch.cat(list(x.split(2))[::-1]), x=make((5, 3)))
case("Slice", lambda x: x[:, 1:3, -2:], x=make((2, 4, 3)))
case("Slice, strided", lambda x: x[1:7:2].flip(1)[:, ::3], x=make((8, 5)))
case("Pad", lambda x: F.pad(x, (1, 0, 0, 2)), x=make((2, 3)))
case("Pad, cut", lambda x: F.pad(x, (1, -1, -1, 2)), x=make((3, 4)))
for mode, name in {"replicate": "edge", "reflect": "reflect", "circular": "wrap"}.items():
    case(f"Pad, {name}", lambda x: F.pad(x, (1, 3, 2, 1), mode), x=make((1, 2, 3, 4)))
case("Tile", lambda x: x.tile(2, 1, 3), x=make((2, 3, 2)))
write()
