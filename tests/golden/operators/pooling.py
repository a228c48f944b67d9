import torch.nn.functional as F
from golden import case, make, write

case("MaxPool", lambda x: F.max_pool2d(x, (2, 3)), x=make((2, 2, 5, 7)))
case("GlobalAveragePool", lambda x: x.mean((2, 3), keepdim=True), x=make((2, 3, 3, 4)))
write()
