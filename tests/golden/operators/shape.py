import torch
from golden import case, make, write

case("Reshape", lambda x: x.reshape(4, 6), x=make((2, 3, 4)))
case("Flatten", lambda x: x.flatten(1), x=make((2, 3, 4)))
case("Unsqueeze", lambda x: x[:, None, :, None], x=make((2, 3)))
case("Squeeze", lambda x: x.squeeze(1), x=make((2, 1, 3)))
case("Transpose", lambda x: x.permute(2, 0, 1), x=make((2, 3, 4)))
case("Expand", lambda x: x.expand(5, 2, 3), x=make((2, 1)).detach().requires_grad_())
case("EyeLike", lambda x: x * torch.eye(3, 4), x=make((3, 4)))
case("Trilu", lambda x: x.tril(1), x=make((2, 3, 4)))
write()
