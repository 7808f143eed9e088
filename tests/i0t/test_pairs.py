"""Pairs found without labels."""

import numpy as np
import pytest

from modgap.errors import CalibrationError
from modgap.i0t import pseudo_positive_pairs
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
