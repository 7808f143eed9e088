"""Min-max inside each list: by hand, and by its formula on the scores that ranx was asked with."""

import numpy as np
import pytest

from modgap.methods.relative_score import RelativeScore


def test_each_list_is_mapped_to_its_own_range(ranx_answers: dict) -> None:
    scores, modality = np.asarray(ranx_answers["scores"]), np.asarray(ranx_answers["modality"])
    found = RelativeScore().transform(scores, modality)
    for group in ("text", "image"):
        inside = scores[..., modality == group]
        low, high = inside.min(axis=-1, keepdims=True), inside.max(axis=-1, keepdims=True)
        assert found[..., modality == group] == pytest.approx((inside - low) / (high - low), abs=1e-6)


def test_by_hand() -> None:
    scores, modality = [0.9, 0.7, 0.1, 0.2, 0.5], ["text", "text", "image", "image", "image"]
    assert RelativeScore().transform(scores, modality) == pytest.approx([1, 0, 0, 0.25, 1])


def test_the_range_is_that_of_the_list_and_items_beyond_it_go_on_below() -> None:
    assert RelativeScore(depth=2).transform([0.9, 0.7, 0.5], ["text"] * 3) == pytest.approx([1, 0, -1])


def test_a_list_without_spread_scores_one() -> None:
    assert RelativeScore().transform([0.5, 0.5, 0.2], ["text", "text", "image"]) == pytest.approx([1, 1, 1])
