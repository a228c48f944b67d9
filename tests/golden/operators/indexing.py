import torch
from golden import case, make, write

places = torch.tensor([[0, 3, 2], [0, 1, 0]])
case("Gather", lambda x: x[places], x=make((4, 3)))
case("Gather, second axis", lambda x: x[:, places], x=make((2, 4, 3)))
write()
