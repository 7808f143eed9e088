"""Drift: seen where there is one, not seen where there is none, and said in words."""

import numpy as np
import pytest
from scipy import stats

from modgap.calibration.drift import measure_drift
from modgap.calibration.score_statistics import ScoreStatistics
from modgap.errors import CalibrationError


def scores(mean: float, n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(mean, 0.05, n).astype(np.float32)


@pytest.fixture
def calibrated() -> dict[str, ScoreStatistics]:
    return {
        "text": ScoreStatistics.from_scores(scores(0.7, 300, 0), "text"),
        "image": ScoreStatistics.from_scores(scores(0.3, 300, 1), "image"),
    }


def test_the_same_distribution_has_not_drifted(calibrated) -> None:
    found = measure_drift(
        calibrated, {"text": scores(0.7, 100, 2), "image": scores(0.3, 100, 3)}, query_modality="text"
    )
    assert [(each.group, each.n, each.drifted) for each in found] == [
        ("text", 100, False),
        ("image", 100, False),
    ]
    assert found[0].sentence.startswith("100 word queries against passages: no drift seen (KS 0.")


def test_a_moved_distribution_has_drifted_where_it_moved(calibrated) -> None:
    new = scores(0.35, 100, 3)
    text, image = measure_drift(calibrated, {"text": scores(0.7, 100, 2), "image": new}, query_modality="text")
    assert (text.drifted, image.drifted) == (False, True)
    assert image.shift == pytest.approx(1, abs=0.25)
    expected = stats.ks_2samp(new, scores(0.3, 300, 1))
    assert (image.statistic, image.p_value) == (expected.statistic, expected.pvalue)
    assert "left the calibrated distribution" in image.sentence
    assert image.to_json()["drifted"] is True


def test_percentiles_serve_where_the_scores_are_not_carried(calibrated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modgap.calibration.score_statistics.MAX_SCORES", 100)
    bare = {"text": ScoreStatistics.from_scores(scores(0.7, 300, 0), "text")}
    same, moved = (measure_drift(bare, {"text": scores(m, 100, 2)}, query_modality="image")[0] for m in (0.7, 0.8))
    assert (same.drifted, moved.drifted) == (False, True)
    assert moved.sentence.startswith("100 picture queries")


def test_few_new_queries_are_said_to_be_few(calibrated) -> None:
    found = measure_drift(calibrated, {"text": [0.71, 0.69], "image": [0.3, 0.31]}, query_modality="text")
    assert "2 are too few" in found[0].sentence


def test_no_scores_are_an_error(calibrated) -> None:
    with pytest.raises(CalibrationError, match="paired with pictures"):
        measure_drift(calibrated, {"text": [0.7]}, query_modality="text")


def test_a_third_group_is_named_in_the_sentence(calibrated) -> None:
    three = {**calibrated, "licences": ScoreStatistics.from_scores(scores(0.5, 300, 4), "licences")}
    new = {"text": scores(0.7, 100, 2), "image": scores(0.3, 100, 3), "licences": scores(0.6, 100, 5)}
    found = measure_drift(three, new, query_modality="text")
    assert [(each.group, each.drifted) for each in found] == [("text", False), ("image", False), ("licences", True)]
    assert found[2].sentence.startswith('100 word queries against items of "licences": the best scores have left')
    assert found[2].to_json()["item_modality"] == "licences"
    with pytest.raises(CalibrationError, match='paired with items of "licences"'):
        measure_drift(three, {"text": [0.7], "image": [0.3]}, query_modality="text")
