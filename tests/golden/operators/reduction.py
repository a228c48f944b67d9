import torch
from golden import case, make, write

case("ReduceSum", lambda x: x.sum((0, 2)), x=make((2, 3, 4)))
case("ReduceMean", lambda x: x.mean((1,), keepdim=True), x=make((2, 3, 4)))
case("ReduceMax", lambda x: torch.amax(x, (0, 2)), x=make((2, 3, 4)))
case("ReduceMin", lambda x: torch.amin(x, (1,), keepdim=True), x=make((2, 3, 4)))
case("ReduceL2", lambda x: torch.linalg.vector_norm(x, 2, (0, 2)), x=make((2, 3, 4)))
case("ReduceLogSumExp", lambda x: x.logsumexp((1,), keepdim=True), x=make((2, 3, 4)))
write()
