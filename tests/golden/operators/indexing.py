import torch
from golden import case, make, write

places = torch.tensor([[0, 3, 2], [0, 1, 0]])
case("Gather", lambda x: x[places], x=make((4, 3)))
case("Gather, second axis", lambda x: x[:, places], x=make((2, 4, 3)))
places = torch.tensor([[0, 2, 0], [1, 1, 3]])
case("GatherElements", lambda x: x.gather(1, places), x=make((2, 4)))
case("GatherND", lambda x: x[[0, 1, 0, 1], [1, 2, 1, 0]], x=make((2, 3, 2)))
case("GatherND, batch", lambda x: torch.stack([x[0, [2, 0, 2]], x[1, [1, 1, 1]]]), x=make((2, 3, 2)))
one = torch.tensor([[0, 2, 3], [1, 0, 2]])
case("ScatterElements", lambda x, u: x.scatter(1, one, u), x=make((2, 4)), u=make((2, 3)))
case("ScatterElements, add", lambda x, u: x.scatter_add(1, places, u), x=make((2, 4)), u=make((2, 3)))
rows = (torch.tensor([2, 0]),)
case("ScatterND", lambda x, u: x.index_put(rows, u), x=make((4, 3)), u=make((2, 3)))
case("ScatterND, add", lambda x, u: x.index_put(rows, u, accumulate=True), x=make((4, 3)), u=make((2, 3)))
case("Compress", lambda x: x[:, [1, 3]], x=make((2, 4)))
case("ReverseSequence", lambda x: torch.stack([x[0].flip(0), x[1][[1, 0, 2]]]), x=make((2, 3, 2)))
write()
