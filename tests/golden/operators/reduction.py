import torch
from golden import case, make, positive, write

case("ReduceSum", lambda x: x.sum((0, 2)), x=make((2, 3, 4)))
case("ReduceMean", lambda x: x.mean((1,), keepdim=True), x=make((2, 3, 4)))
case("ReduceMax", lambda x: torch.amax(x, (0, 2)), x=make((2, 3, 4)))
case("ReduceMin", lambda x: torch.amin(x, (1,), keepdim=True), x=make((2, 3, 4)))
case("ReduceL2", lambda x: torch.linalg.vector_norm(x, 2, (0, 2)), x=make((2, 3, 4)))
case("ReduceLogSumExp", lambda x: x.logsumexp((1,), keepdim=True), x=make((2, 3, 4)))
case("ReduceProd", lambda x: x.prod(0).prod(1), x=make((2, 3, 4)))
case("ReduceL1", lambda x: x.abs().sum((0, 2)), x=make((2, 3, 4)))
case("ReduceSumSquare", lambda x: (x**2).sum((1,), keepdim=True), x=make((2, 3, 4)))
case("ReduceLogSum", lambda x: x.sum((0, 2)).log(), x=positive((2, 3, 4)))
case("CumSum", lambda x: x.cumsum(1), x=make((2, 3, 4)))
case("CumSum, exclusive, reverse", lambda x: x.sum(1, keepdim=True) - x.cumsum(1), x=make((2, 3, 4)))
case("TopK", lambda x: x.topk(2, 1).values, x=make((2, 3, 4)))
case("TopK, smallest", lambda x: x.topk(3, largest=False).values, x=make((2, 3, 4)))
write()
