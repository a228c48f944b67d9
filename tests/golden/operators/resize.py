import torch.nn.functional as F
from golden import case, make, write

for name, size, options in [
    ("Resize nearest", (8, 6), dict(mode="nearest")),
    ("Resize nearest, smaller", (3, 4), dict(mode="nearest")),
    ("Resize linear", (7, 6), dict(mode="bilinear")),
    ("Resize linear, smaller", (3, 1), dict(mode="bilinear")),
    ("Resize linear, corners", (7, 6), dict(mode="bilinear", align_corners=True)),
    ("Resize cubic", (7, 6), dict(mode="bicubic")),
    ("Resize cubic, corners", (3, 6), dict(mode="bicubic", align_corners=True)),
]:
    shape = (2, 2, 5, 6) if "smaller" in name else (2, 2, 4, 3)
    case(name, lambda x, size=size, options=options: F.interpolate(x, size, **options), x=make(shape))
write()
