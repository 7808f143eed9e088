"""Pairs found without labels."""

import numpy as np
import pytest

from modgap.errors import CalibrationError
from modgap.methods.i0t import checked_pairs, pairs_of_corpus, pseudo_positive_pairs
from modgap.vectors import unit_vectors

VECTORS = unit_vectors([[1, 0, 0], [0, 1, 0.1], [0, 0, 1], [1, 0.1, 0], [0.9, 0.3, 0]])
MODALITY = np.asarray(["image", "image", "image", "text", "text"])


def test_pairs_are_those_that_are_each_others_nearest() -> None:
    images, texts = pseudo_positive_pairs(VECTORS, MODALITY)
    assert images.tolist() == VECTORS[[0]].tolist()  # texts 3 and 4 both choose picture 0, which chooses 3
    assert texts.tolist() == VECTORS[[3]].tolist()


def test_one_way_each_item_of_the_larger_side_has_its_nearest() -> None:
    images, texts = pseudo_positive_pairs(VECTORS, MODALITY, both_ways=False)
    assert images.tolist() == VECTORS[[0, 1, 2]].tolist()
    assert texts.tolist() == VECTORS[[3, 4, 3]].tolist()


def test_a_corpus_of_one_modality_has_no_pairs() -> None:
    with pytest.raises(CalibrationError, match="no passages"):
        pseudo_positive_pairs(VECTORS[:3], MODALITY[:3])


def test_a_corpus_gives_its_mutual_pairs_or_where_they_are_few_each_item_and_its_nearest() -> None:
    rng = np.random.default_rng(0)
    mutual = np.eye(40, dtype=np.float32)
    kinds = np.asarray(["image"] * 40 + ["text"] * 40)
    images, texts, origin = pairs_of_corpus(np.concatenate([mutual, mutual]), kinds)
    assert (images.shape, "each other" in origin) == ((40, 40), True)
    assert np.array_equal(images, texts)

    pictures = unit_vectors(np.abs(rng.normal(size=(40, 40))))
    images, texts, origin = pairs_of_corpus(np.concatenate([pictures, mutual[:2]]), kinds[:42])
    assert (images.shape, "each other" in origin) == ((40, 40), False)


def test_given_pairs_become_unit_rows_and_a_missing_side_is_named() -> None:
    rng = np.random.default_rng(1)
    images, texts = 5 * rng.normal(size=(40, 4)), rng.normal(size=(40, 4))
    x, y = checked_pairs(images, texts)
    assert np.linalg.norm(np.concatenate([x, y]), axis=1) == pytest.approx(np.ones(80))
    for given, missing in (((np.empty((0, 4)), texts), "pictures"), ((images, []), "texts")):
        with pytest.raises(CalibrationError, match=f"The pairs have no {missing}"):
            checked_pairs(*given)
    with pytest.raises(CalibrationError, match="31 pairs, and I0T_async learns from 32"):
        checked_pairs(images[:31], texts[:31])
