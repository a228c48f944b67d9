"""LSTM and GRU in layers, by PyTorch's own kernels; short sequences packed. See golden.py."""
import torch
from golden import case, count, result, uniform, write
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

ORDERS = {"LSTM": [0, 2, 3, 1], "GRU": [1, 0, 2]}  # PyTorch's gates among ONNX's


class Weights(nn.Module):
    def __init__(self, inputs, hidden, gates, directions):
        super().__init__()
        self.w = nn.Parameter(torch.empty(directions, gates * hidden, inputs))
        self.r = nn.Parameter(torch.empty(directions, gates * hidden, hidden))
        self.b = nn.Parameter(torch.empty(directions, 2 * gates * hidden))


class Recurrent(nn.Module):
    """PyTorch's network from weights as we keep them; all outputs in one row."""

    def __init__(self, op, inputs, hidden, layers=1, directions=1, lengths=None):
        super().__init__()
        self.op, self.directions, self.lengths = op, directions, lengths
        sizes = [inputs] + [directions * hidden] * (layers - 1)
        self.layers = nn.ModuleList(Weights(n, hidden, len(ORDERS[op]), directions) for n in sizes)

    def flat(self):
        for layer in self.layers:
            for w, r, b in zip(layer.w, layer.r, layer.b):
                for weight in (w, r, *b.chunk(2)):
                    blocks = weight.chunk(len(ORDERS[self.op]))
                    yield torch.cat([blocks[i] for i in ORDERS[self.op]])

    def forward(self, x, *states):
        kernel = getattr(torch._VF, self.op.lower())
        arguments = [list(self.flat()), True, len(self.layers), 0.0, False, self.directions == 2]
        if self.lengths is None:
            y, *last = kernel(x, states if self.op == "LSTM" else states[0], *arguments, False)
        else:
            packed = pack_padded_sequence(x, self.lengths, enforce_sorted=False)
            start = [state[:, packed.sorted_indices] for state in states]
            start = start if self.op == "LSTM" else start[0]
            data, *last = kernel(packed.data, packed.batch_sizes, start, *arguments)
            y, _ = pad_packed_sequence(PackedSequence(data, *packed[1:]), total_length=len(x))
            last = [state[:, packed.unsorted_indices] for state in last]
        return torch.cat([part.reshape(-1) for part in [y, *last]])


def compare(name, op, layers, directions, lengths=None):
    module = Recurrent(op, 2, 3, layers, directions, lengths)
    states = {state: uniform((layers * directions, 3, 3)) for state in ("hc" if op == "LSTM" else "h")}
    case(f"{op}, {name}", module, x=uniform((4, 3, 2)), **states)


for op in ORDERS:
    compare("one layer", op, 1, 1)
    compare("two layers, both directions", op, 2, 2)
    compare("packed", op, 1, 1, [2, 4, 1])
    compare("two layers, both directions, packed", op, 2, 2, [3, 1, 4])
result["parameters"] = {
    op: count(getattr(nn, op)(20, 30, num_layers=3, bidirectional=True)) for op in ORDERS
}
write()
