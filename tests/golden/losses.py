"""Losses and their gradients by PyTorch in float64, as the operators' (see operators/golden.py).

Run: python3 tests/golden/losses.py
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "operators"))
import torch
import torch.nn.functional as F
from golden import case, make, write

labels = torch.tensor([[0, 3, 1], [4, 4, 2]])
targets = torch.tensor([[1, 0, 0.25], [0, 1, 1]])
present = torch.tensor([[1, 0, 1], [0.5, 1, 1]])


def entropy(**options):
    return lambda logits: F.cross_entropy(logits.reshape(6, 5), labels.reshape(6), **options)


def cosine(weights):
    return lambda p, t: (weights * (1 - F.cosine_similarity(p, t, dim=-1))).sum(1).mean()


case("crossEntropy", entropy(), logits=make((2, 3, 5), -4, 4))
case("crossEntropy smoothed", entropy(label_smoothing=0.1), logits=make((2, 3, 5), -4, 4))
bce = F.binary_cross_entropy_with_logits
case("binaryCrossEntropyWithLogits", lambda x: bce(x, targets), logits=make((2, 3), -30, 30))
weight = torch.tensor(3.0)
case(
    "binaryCrossEntropyWithLogits weighted",
    lambda x: bce(x, targets, pos_weight=weight),
    logits=make((2, 3), -3, 3),
)
case(
    "binaryCrossEntropy",
    lambda p: F.binary_cross_entropy(p, targets),
    probabilities=make((2, 3), 0.05, 0.95),
)
case("meanSquaredError", F.mse_loss, predicted=make((2, 3)), target=make((2, 3)))
case("cosineLoss", cosine(torch.ones(2, 3)), predicted=make((2, 3, 4)), target=make((2, 3, 4)))
case("cosineLoss weighted", cosine(present), predicted=make((2, 3, 4)), target=make((2, 3, 4)))


def dino(views):
    """Caron et al. 2021, algorithm 1 with multi-crop, pair by pair."""
    teacher = torch.sin(torch.arange(30.0)).reshape(2, 3, 5)
    centre = 0.1 * torch.cos(torch.arange(5.0))

    def loss(student):
        p = F.softmax((teacher - centre) / 0.07, dim=-1)
        q = F.log_softmax(student / 0.1, dim=-1)
        terms = [-(p[g] * q[v]).sum(-1).mean() for g in range(2) for v in range(views) if v != g]
        return sum(terms) / len(terms)

    return loss


case("dinoLoss", dino(4), student=make((4, 3, 5)))
case("dinoLoss two views", dino(2), student=make((2, 3, 5)))
write()
