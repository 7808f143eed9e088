"""What all methods with a bank of queries share: one more dimension, blocks, exclusions, the soft maximum."""

import numpy as np
import pytest
from scipy.special import logsumexp

from modgap.errors import NotFittedError
from modgap.methods import InvertedSoftmax, NearestNeighborNormalization, QBNorm, Sinkhorn
from modgap.methods.bank_bias import soft_maximum
from modgap.vectors import unit_vectors

BANKED = [NearestNeighborNormalization, InvertedSoftmax, QBNorm, Sinkhorn]


@pytest.mark.parametrize("of", BANKED)
def test_blocks_do_not_show(of, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(4)
    bank, items = (unit_vectors(rng.normal(size=(n, 8))) for n in (30, 50))
    exclude = np.where(np.arange(30) % 2, np.arange(30), -1)
    groups = np.asarray(["text", "image"] * 25)
    whole = of().fit(bank, items, groups, exclude=exclude).bias(items)
    monkeypatch.setattr("modgap.methods.bank_bias._BLOCK_CELLS", 200)
    assert of().fit(bank, items, groups, exclude=exclude).bias(items) == pytest.approx(whole, abs=1e-6)


@pytest.mark.parametrize("of", BANKED)
def test_the_inner_product_is_the_cosine_less_the_bias(of) -> None:
    rng = np.random.default_rng(5)
    bank, items = (unit_vectors(rng.normal(size=(n, 8))) for n in (12, 10))
    groups = np.asarray(["text", "image"] * 5)
    method = of().fit(bank, items, groups)
    # the bank itself activates QB-Norm
    expected = bank @ items.T - method.weight * method.bias(items)
    assert method.score(bank, items, groups) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("of", BANKED)
def test_an_unfitted_one_says_so(of) -> None:
    with pytest.raises(NotFittedError, match="call fit"):
        of().bias(np.eye(2, dtype=np.float32))


def test_the_soft_maximum_leaves_out_what_does_not_count() -> None:
    scores = np.asarray([[0.1, 0.4, -np.inf], [0.3, 0.2, 0.9]])
    expected = [0.1 * (logsumexp([1, 4]) - np.log(2)), 0.1 * (logsumexp([3, 2, 9]) - np.log(3))]
    assert soft_maximum(scores, 0.1) == pytest.approx(expected)
