"""Nearest Neighbor Normalization: by hand, against its authors' package, and what a bias must not count."""

import numpy as np
import pytest

from modgap.errors import CalibrationError, NotFittedError
from modgap.methods import NearestNeighborNormalization
from modgap.vectors import unit_vectors

ITEMS = np.asarray([[1, 0], [0.6, 0.8], [0, 1]], dtype=np.float32)
MODALITY = np.asarray(["text", "text", "image"])
BANK = np.asarray([[1, 0], [0.8, 0.6]], dtype=np.float32)


def test_by_hand() -> None:
    method = NearestNeighborNormalization(k=1, alpha=0.5).fit(BANK, ITEMS, MODALITY)
    # best cosines with the bank: 1, .96, .6
    assert method.bias(ITEMS) == pytest.approx([1, 0.96, 0.6])
    assert method.score(BANK[:1], ITEMS, MODALITY)[0] == pytest.approx([0.5, 0.12, -0.3], abs=1e-6)


def test_a_bank_of_fewer_queries_than_k_is_used_whole() -> None:
    method = NearestNeighborNormalization().fit(BANK, ITEMS, MODALITY)
    assert method.bias(ITEMS) == pytest.approx([0.9, 0.78, 0.3])


def test_a_query_does_not_count_for_the_item_that_it_was_made_of() -> None:
    method = NearestNeighborNormalization().fit(BANK, ITEMS, MODALITY, exclude=np.asarray([0, -1]))
    assert method.bias(ITEMS) == pytest.approx([0.8, 0.78, 0.3])
    document = NearestNeighborNormalization().fit(BANK, ITEMS, MODALITY, exclude=np.asarray([[0, 2], [2, 2]]))
    assert document.bias(ITEMS) == pytest.approx([0.8, 0.6 * 0.8 + 0.8 * 0.6, 0.3])
    copies = NearestNeighborNormalization().fit(BANK, ITEMS, MODALITY, exclude_same=True)
    assert copies.bias(ITEMS) == pytest.approx([0.8, 0.78, 0.3])


def test_it_ranks_as_the_package_of_its_authors() -> None:
    import nnn

    rng = np.random.default_rng(2)
    queries, bank, items = (unit_vectors(rng.normal(size=(n, 16))) for n in (20, 200, 300))
    ranker = nnn.NNNRanker(nnn.NNNRetriever(16), items, bank, alternate_ks=128, alternate_weight=0.75, batch_size=64)
    theirs, rows = ranker.search(queries, 10)
    modality = np.where(rng.random(300) < 0.5, "image", "text")
    ours = NearestNeighborNormalization().fit(bank, items, modality).score(queries, items, modality)
    assert np.argsort(-ours, axis=1)[:, :10].tolist() == rows.tolist()
    assert np.take_along_axis(ours, rows, axis=1) == pytest.approx(theirs, abs=1e-6)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(CalibrationError, match="at least 1; got 0"):
        NearestNeighborNormalization(k=0)
    with pytest.raises(NotFittedError, match="call fit"):
        NearestNeighborNormalization().bias(ITEMS)
