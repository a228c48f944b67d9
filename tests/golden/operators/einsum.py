import torch
from golden import case, make, write


def einsum(name, equation, *shapes):
    inputs = {f"x{i}": make(shape) for i, shape in enumerate(shapes)}
    case(name, lambda *values: torch.einsum(equation, *values), **inputs)


einsum("Einsum", "bqhd,bkhd->bhqk", (2, 3, 2, 4), (2, 5, 2, 4))
einsum("Einsum of three", "ij,jk,ik->j", (2, 3), (3, 4), (2, 4))
einsum("Einsum with an ellipsis", "...ij,jk->k...", (2, 1, 3, 4), (4, 2))
write()
