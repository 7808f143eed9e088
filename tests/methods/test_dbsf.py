"""Distribution-based score fusion: by hand, against its definition, and beside the z-score."""

import numpy as np
import pytest

from modgap.methods import DBSF, PerQueryZ

MODALITY = np.asarray(["text", "image"] * 20)


@pytest.fixture
def scores() -> np.ndarray:
    return np.random.default_rng(3).uniform(0, 1, size=(6, 40)).astype(np.float32)


def test_dbsf_agrees_with_its_published_definition(scores: np.ndarray) -> None:
    result = DBSF().transform(scores, MODALITY)
    for kind in ("text", "image"):
        of_list = scores[:, kind == MODALITY].astype(np.float64)
        mean, std = of_list.mean(axis=1, keepdims=True), of_list.std(axis=1, ddof=1, keepdims=True)
        low, high = mean - 3 * std, mean + 3 * std
        assert result[:, kind == MODALITY] == pytest.approx((of_list - low) / (high - low), abs=1e-6)


def test_dbsf_is_a_linear_map_of_the_z_score_for_lists_of_equal_length(scores: np.ndarray) -> None:
    shrunk = PerQueryZ().transform(scores, MODALITY) * np.sqrt(19 / 20)
    assert DBSF().transform(scores, MODALITY) == pytest.approx(0.5 + shrunk / 6, abs=1e-5)


def test_by_hand() -> None:
    scores, modality = [0.9, 0.7, 0.1, 0.2, 0.3], ["text", "text", "image", "image", "image"]
    # deviations over n - 1: .1414 and .1
    assert DBSF().transform(scores, modality) == pytest.approx([0.6179, 0.3821, 1 / 3, 0.5, 2 / 3], abs=1e-4)


def test_lists_without_spread_stand_in_the_middle() -> None:
    assert DBSF().transform([0.5, 0.5, 0.5, 0.2], ["text"] * 3 + ["image"]).tolist() == [0.5] * 4
