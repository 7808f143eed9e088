"""Inverted softmax: by hand, and in the order of its own formula."""

import numpy as np
import pytest

from modgap.errors import CalibrationError
from modgap.methods import InvertedSoftmax
from modgap.vectors import unit_vectors

ITEMS = np.asarray([[1, 0], [0.6, 0.8], [0, 1]], dtype=np.float32)
MODALITY = np.asarray(["text", "text", "image"])
BANK = np.asarray([[1, 0], [0.8, 0.6]], dtype=np.float32)


def test_by_hand() -> None:
    method = InvertedSoftmax(tau=0.1).fit(BANK, ITEMS, MODALITY)
    # cosines with the bank: 1 and .8, .6 and .96, 0 and .6
    expected = [0.1 * np.log((np.exp(a) + np.exp(b)) / 2) for a, b in ((10, 8), (6, 9.6), (0, 6))]
    assert method.bias(ITEMS) == pytest.approx(expected, abs=1e-6)
    assert method.score(BANK[:1], ITEMS, MODALITY)[0] == pytest.approx([1, 0.6, 0] - np.asarray(expected), abs=1e-6)


def test_it_ranks_by_the_share_of_an_item_that_a_query_gets() -> None:
    rng = np.random.default_rng(0)
    queries, items = unit_vectors(rng.normal(size=(9, 6))), unit_vectors(rng.normal(size=(20, 6)))
    kernel = np.exp((queries @ items.T).astype(np.float64) / 0.05)
    shares = kernel / kernel.sum(axis=0)
    method = InvertedSoftmax().fit(queries, items, np.asarray(["text", "image"] * 10))
    scores = method.score(queries, items, np.asarray(["text", "image"] * 10))
    assert np.argsort(-scores, axis=1).tolist() == np.argsort(-shares, axis=1).tolist()


def test_a_query_does_not_count_for_the_item_that_it_was_made_of() -> None:
    method = InvertedSoftmax(tau=0.1).fit(BANK, ITEMS, MODALITY, exclude=np.asarray([0, -1]))
    assert method.bias(ITEMS)[0] == pytest.approx(0.8)


def test_a_temperature_of_nothing_is_refused() -> None:
    with pytest.raises(CalibrationError, match="above 0; got 0"):
        InvertedSoftmax(tau=0)
