"""Statistics of one pair of modalities: their laws, their file, merging them without the scores."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modgap.calibration.score_statistics import ScoreStatistics

cosines = st.floats(-1, 1, width=32)


@settings(deadline=None, max_examples=30)
@given(st.lists(cosines, min_size=3, max_size=30).filter(lambda s: np.std(s) > 1e-3), st.randoms(use_true_random=False))
def test_the_order_of_the_queries_changes_no_statistic(scores: list[float], random) -> None:
    shuffled = random.sample(scores, len(scores))
    one, other = (ScoreStatistics.from_scores(each, "text") for each in (scores, shuffled))
    assert replace(one, scores=None) == replace(other, scores=None)


@settings(deadline=None, max_examples=30)
@given(st.lists(cosines, min_size=2, max_size=30).filter(lambda s: np.std(s) > 1e-3))
def test_a_file_changes_nothing_and_brings_the_float32_scores_back(scores: list[float]) -> None:
    statistics = ScoreStatistics.from_scores(scores, "text")
    read = ScoreStatistics.from_json(json.loads(json.dumps(statistics.to_json())))
    assert read == statistics
    assert read.sample is not None
    assert read.sample.tolist() == np.asarray(scores, dtype=np.float32).tolist()


def test_scores_in_float32_move_the_statistics_by_less_than_a_ten_millionth() -> None:
    exact = np.random.default_rng(4).uniform(-1, 1, 500)
    statistics = ScoreStatistics.from_scores(exact, "text")
    assert statistics.mean == pytest.approx(exact.mean(), abs=1e-7)
    assert statistics.std == pytest.approx(exact.std(), abs=1e-7)


def test_merged_without_scores_intervals_and_quantiles_are_near_those_of_the_whole() -> None:
    rng = np.random.default_rng(6)
    a, b = rng.normal(0.3, 0.05, 400).astype(np.float32), rng.normal(0.33, 0.04, 300).astype(np.float32)
    whole = ScoreStatistics.from_scores(np.concatenate([a, b]), "text")
    bare = [replace(ScoreStatistics.from_scores(part, "text"), scores=None) for part in (a, b)]
    merged = ScoreStatistics.merge(bare, "text")
    assert merged.scores is None
    assert merged.quantiles[5:96] == pytest.approx(whole.quantiles[5:96], abs=2e-3)
    assert merged.quantiles == pytest.approx(whole.quantiles, abs=6e-3)
    for name in ("mean_ci95", "std_ci95"):
        got, wanted = getattr(merged, name), getattr(whole, name)
        assert (got.low, got.high) == pytest.approx((wanted.low, wanted.high), abs=1e-3)


def test_more_scores_than_the_cap_are_not_carried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modgap.calibration.score_statistics.MAX_SCORES", 3)
    assert ScoreStatistics.from_scores([0.1, 0.2, 0.3], "text").scores == (0.1, 0.2, 0.3)
    many = ScoreStatistics.from_scores([0.1, 0.2, 0.3, 0.4], "text")
    assert many.scores is None
    assert "scores" not in many.to_json()


@pytest.mark.parametrize(
    ("change", "message"), [({"scores": [0.1]}, "1 scores for n = 2"), ({"scores": ["high", 1]}, "could not convert")]
)
def test_damaged_scores_are_refused(change: dict, message: str) -> None:
    document = {**ScoreStatistics.from_scores([0.1, 0.2], "text").to_json(), **change}
    document = json.loads(json.dumps(document))
    with pytest.raises(ValueError, match=message):
        ScoreStatistics.from_json(document)
