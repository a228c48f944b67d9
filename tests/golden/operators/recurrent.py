"""ONNX's LSTM, GRU and RNN by PyTorch's own: gates reordered, short sequences packed, all outputs in one row."""
import torch
from golden import case, make, write
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

ORDERS = {"LSTM": [0, 2, 3, 1], "GRU": [1, 0, 2], "RNN": [0]}  # PyTorch's gates among ONNX's


def reordered(op, weight):
    parts = weight.chunk(len(ORDERS[op]))
    return torch.cat([parts[i] for i in ORDERS[op]])


def parameters(op, w, r, b):
    each = []
    for k in range(len(w)):
        each += [reordered(op, weight) for weight in (w[k], r[k], *b[k].chunk(2))]
    return each


def run(op, x, w, r, b, states, lengths=None):
    kernel = torch._VF.rnn_tanh if op == "RNN" else getattr(torch._VF, op.lower())
    arguments = [parameters(op, w, r, b), True, 1, 0.0, False, len(w) == 2]
    if lengths is None:
        y, *last = kernel(x, states if op == "LSTM" else states[0], *arguments, False)
    else:
        packed = pack_padded_sequence(x, lengths, enforce_sorted=False)
        sorted_states = [state[:, packed.sorted_indices] for state in states]
        start = sorted_states if op == "LSTM" else sorted_states[0]
        data, *last = kernel(packed.data, packed.batch_sizes, start, *arguments)
        y, _ = pad_packed_sequence(PackedSequence(data, *packed[1:]), total_length=len(x))
        last = [state[:, packed.unsorted_indices] for state in last]
    y = y.reshape(len(x), x.shape[1], len(w), -1).transpose(1, 2)
    return torch.cat([part.reshape(-1) for part in [y, *last]])


def reset_before(x, w, r, b, h):
    """GRU as ONNX has it by default, the hidden state reset before it meets its weights."""
    (wz, wr, wn), (rz, rr, rn) = w[0].chunk(3), r[0].chunk(3)
    bz, br, bn = (b[0][: len(w[0])] + b[0][len(w[0]) :]).chunk(3)
    h, outputs = h[0], []
    for step in x:
        z = torch.sigmoid(step @ wz.T + h @ rz.T + bz)
        reset = torch.sigmoid(step @ wr.T + h @ rr.T + br)
        n = torch.tanh(step @ wn.T + (reset * h) @ rn.T + bn)
        h = (1 - z) * n + z * h
        outputs.append(h)
    return torch.cat([torch.stack(outputs).reshape(-1), h.reshape(-1)])


def inputs(op, directions, steps=4, batch=3, size=2, hidden=3):
    gates = len(ORDERS[op])
    names = ["h", "c"] if op == "LSTM" else ["h"]
    return dict(
        x=make((steps, batch, size)),
        w=make((directions, gates * hidden, size), -1, 1),
        r=make((directions, gates * hidden, hidden), -1, 1),
        b=make((directions, 2 * gates * hidden), -1, 1),
        **{name: make((directions, batch, hidden), -1, 1) for name in names},
    )


for op in ORDERS:
    for name, directions, lengths in [
        (op, 1, None),
        (f"{op} bidirectional", 2, None),
        (f"{op} of short sequences", 1, [2, 4, 1]),
        (f"{op} bidirectional of short sequences", 2, [3, 1, 4]),
    ]:
        case(
            name,
            lambda x, w, r, b, *states, op=op, lengths=lengths: run(op, x, w, r, b, states, lengths),
            **inputs(op, directions),
        )
case("GRU reset before", reset_before, **inputs("GRU", 1))
write()
