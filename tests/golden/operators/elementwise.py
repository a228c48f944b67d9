import torch
from golden import case, make, positive, write

a, b = lambda: make((2, 1, 3)), lambda: make((4, 1))
case("Add", lambda a, b: a + b, a=a(), b=b())
case("Sub", lambda a, b: a - b, a=a(), b=b())
case("Mul", lambda a, b: a * b, a=a(), b=b())
case("Div", lambda a, b: a / b, a=a(), b=positive((4, 1)))
case("Pow", lambda a, b: a**b, a=positive((2, 1, 3)), b=b())
case("Max", torch.maximum, a=a(), b=b())
case("Min", torch.minimum, a=a(), b=b())
keep = torch.tensor([[True], [False], [True], [True]])
case("Where", lambda a, b: torch.where(keep, a, b), a=a(), b=b())
for name, f in {
    "Neg": torch.neg,
    "Exp": torch.exp,
    "Abs": torch.abs,
    "Cast": lambda x: x.double(),
    "CastLike": lambda x: x.double(),
    "Identity": lambda x: x.clone(),
}.items():
    case(name, f, x=make((3, 4)))
for name, f in {"Sqrt": torch.sqrt, "Log": torch.log, "Reciprocal": torch.reciprocal}.items():
    case(name, f, x=positive((3, 4)))
case("Erf", torch.erf, x=make((3, 4)))
write()
