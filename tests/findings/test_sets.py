"""Ranks, measures and mixed sets of the findings, by hand."""

import numpy as np
import pytest

from findings.sets import Mixed, mixed, ndcg, places, recall, scores, thinned


def test_places_by_hand_and_equal_scores_by_row() -> None:
    found = np.asarray([[0.9, 0.9, 0.1], [0.5, 0.5, 0.1], [0.3, 0.2, 0.1]])
    # row 0 wins its tie, row 1 loses it, row 2 is last
    assert places(found).tolist() == [1, 2, 3]


def test_recall_and_ndcg_of_a_place() -> None:
    place = np.asarray([1, 2, 11])
    assert recall(place, 2).tolist() == [1, 1, 0]
    assert ndcg(place) == pytest.approx([1, 1 / np.log2(3), 0])


def test_a_mixed_set_holds_a_picture_or_caption_1_of_each_pair() -> None:
    images, texts = np.zeros((10, 1)), np.arange(1, 51, dtype=float).reshape(10, 5, 1)
    of = mixed(images, texts, pictures=0.3, seed=0)
    assert of.pictures.sum() == 3
    assert (of.items[of.pictures] == 0).all()
    assert of.items[~of.pictures, 0].tolist() == [texts[row, 1, 0] for row in of.pair[~of.pictures]]
    assert of.queries[:, 0].tolist() == [texts[row, 0, 0] for row in of.pair]


def test_thinning_keeps_queries_with_their_documents() -> None:
    rows = np.arange(8, dtype=float)[:, None]
    of = Mixed(rows, rows + 100, np.repeat(["image", "text"], 4), np.arange(8))
    few = thinned(of, pictures=1, passages=3, seed=0)
    assert few.modality.tolist() == ["image", "text", "text", "text"]
    assert (few.items == few.queries + 100).all()


def test_the_oracle_of_a_set_takes_the_diagonal_for_its_labels(toy) -> None:
    queries, items, modality = toy
    both = Mixed(np.concatenate([queries, queries]), items, modality, np.arange(4))
    z = scores("oracle", both)
    # positives 1.0 and 0.8 of the texts, 0.4 and 0.2 of the pictures, as in the standardizer's own test
    assert z[:2] == pytest.approx(np.asarray([[1, -9, 1, -2], [-9, -1, -3, -1]]), abs=1e-5)
