import torch
from golden import case, make, write

case("Softmax", lambda x: x.softmax(-1), x=make((3, 5)))
case("Softmax over a middle axis", lambda x: x.softmax(1), x=make((2, 4, 3)))
case("LogSoftmax", lambda x: x.log_softmax(1), x=make((2, 4, 3)))
write()
