import torch
from golden import case, make, write

case("MatMul", torch.matmul, a=make((2, 1, 2, 3)), b=make((3, 3, 2)))
case("Gemm", lambda a, b, c: 0.5 * a.T @ b.T + c, a=make((3, 2)), b=make((4, 3)), c=make((4,)))
case("MatMul by a vector", torch.matmul, a=make((2, 4, 3)), b=make((3,)))
case(
    "com.microsoft.FusedMatMul",
    lambda a, b: 0.75 * a.transpose(0, 1) @ b.transpose(1, 2),
    a=make((2, 5, 3)),
    b=make((5, 4, 3)),
)
write()
