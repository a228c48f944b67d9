# The peer of bench/verification.ts: the final network of paper 004 in PyTorch, and a search among those enrolled.
# Arguments: folder with weights.f32, one.f32, two.f32, gallery.f32 and setup.json, then threads. Then each line on
# standard input is "pairs" or "search"; the answer is a line of JSON with the milliseconds, the result and the peak
# of resident memory.
import json
import resource
import sys
import time
from pathlib import Path


def say(**fields):
    print(json.dumps(fields), flush=True)


try:
    import numpy as np
    import torch
    from torch import nn
except ImportError as error:
    say(missing=str(error))
    sys.exit(0)


class Siamese(nn.Module):
    def __init__(self):
        super().__init__()

        def stage(inputs, outputs, kernel):
            return [nn.Conv2d(inputs, outputs, kernel), nn.BatchNorm2d(outputs), nn.ReLU(True)]

        self.cnn = nn.Sequential(
            *stage(1, 64, 10), nn.MaxPool2d(2), *stage(64, 128, 7), nn.MaxPool2d(2),
            *stage(128, 128, 4), nn.MaxPool2d(2), *stage(128, 256, 4),
        )
        self.fc1 = nn.Sequential(nn.Linear(9216, 4096), nn.BatchNorm1d(4096), nn.ReLU(True))
        self.fc2 = nn.Linear(4096, 1)

    def forward(self, one, two):
        # both at once, the fastest way
        described = self.fc1(self.cnn(torch.cat([one, two])).flatten(1))
        a, b = described.chunk(2)
        return self.fc2((a - b).abs())


folder, threads = Path(sys.argv[1]), int(sys.argv[2])
torch.set_num_threads(threads)
setup = json.loads((folder / "setup.json").read_text())


def read(name, shape):
    return torch.from_numpy(np.fromfile(folder / name, dtype="<f4").reshape(shape))


net = Siamese().eval()
values, start = np.fromfile(folder / "weights.f32", dtype="<f4"), 0
for name, tensor in net.state_dict().items():
    if name.endswith("num_batches_tracked"):
        continue
    end = start + tensor.numel()
    with torch.no_grad():
        tensor.copy_(torch.from_numpy(values[start:end].reshape(tuple(tensor.shape))))
    start = end
assert start == len(values), (start, len(values))
one, two = (read(f"{name}.f32", (-1, 1, 105, 105)) for name in ("one", "two"))
gallery = read("gallery.f32", (-1, setup["dimension"]))
probe = read("probe.f32", (1, setup["dimension"]))

say(version=torch.__version__)
for line in sys.stdin:
    with torch.inference_mode():
        start = time.perf_counter()
        if line.strip() == "pairs":
            found = net(one, two).flatten().tolist()
        else:
            found = (probe @ gallery.T).topk(5).indices.flatten().tolist()
        ms = (time.perf_counter() - start) * 1000
    say(ms=ms, found=found, peakMiB=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
