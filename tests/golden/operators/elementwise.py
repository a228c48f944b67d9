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
case("Pow, constant", lambda a: a**2 + a**0.5 + a**-1.5 + a**3.3, a=positive((2, 1, 3)))
case("Mod", torch.fmod, a=a(), b=positive((4, 1)))
for name, f in {
    "Sum": lambda a, b, c: a + b + c,
    "Mean": lambda a, b, c: (a + b + c) / 3,
    "Max of three": lambda a, b, c: torch.maximum(torch.maximum(a, b), c),
    "Min of three": lambda a, b, c: torch.minimum(torch.minimum(a, b), c),
}.items():
    case(name, f, a=a(), b=b(), c=make((1,)))
for name, f in {
    "Floor": torch.floor,
    "Ceil": torch.ceil,
    "Round": torch.round,
    "Sign": torch.sign,
}.items():
    case(name, lambda x, f=f: f(x) * x, x=make((3, 4)))
case("Erf", torch.erf, x=make((3, 4)))
write()
