"""The losses against a case worked by hand."""

import math

import numpy as np
import pytest
import torch
from scipy.special import logsumexp

from modgap.methods.i0t.losses import clip_loss, cross_modal_cyclic, i0t_loss, in_modal_cyclic

X = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])
Y = torch.tensor([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]])


def test_the_cyclic_losses_are_those_worked_by_hand() -> None:
    # X X' off the diagonal: 0, .6, .8; Y Y': .8, 0, .6; differences .8, .6, .2, each twice
    assert in_modal_cyclic(X, Y).item() == pytest.approx(2 * (0.64 + 0.36 + 0.04) / 3)
    # X Y' = [[1, .8, 0], [0, .6, 1], [.6, .96, .8]]; against its transpose: .8, .6, .04, each twice
    assert cross_modal_cyclic(X, Y).item() == pytest.approx(2 * (0.64 + 0.36 + 0.0016) / 3)


def test_the_clip_loss_is_the_mean_of_both_cross_entropies() -> None:
    logits = math.exp(4.6052) * (X @ Y.T).numpy().astype(np.float64)

    def entropy(rows: np.ndarray) -> float:
        return float(np.mean(logsumexp(rows, axis=1) - np.diag(rows)))

    assert clip_loss(X, Y).item() == pytest.approx((entropy(logits) + entropy(logits.T)) / 2, rel=1e-5)


def test_the_whole_is_clip_and_a_quarter_of_each_cyclic_loss() -> None:
    cyclic = in_modal_cyclic(X, Y).item() + cross_modal_cyclic(X, Y).item()
    assert i0t_loss(X, Y).item() == pytest.approx(clip_loss(X, Y).item() + 0.25 * cyclic, rel=1e-6)
