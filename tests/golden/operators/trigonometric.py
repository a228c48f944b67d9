import torch
from golden import case, make, write

for name in ["sin", "cos", "tan", "atan", "sinh", "cosh", "asinh"]:
    case(name.capitalize(), getattr(torch, name), x=make((3, 4)))
for name in ["asin", "acos", "atanh"]:
    case(name.capitalize(), getattr(torch, name), x=make((3, 4), -0.9, 0.9))
case("Acosh", torch.acosh, x=make((3, 4), 1.2, 3))
write()
