"""What a calibration says of hits, bound once: z, fit and the no-match verdict."""

from dataclasses import replace

import numpy as np
import pytest

from modgap.calibration.hit_scores import HitScores
from modgap.calibration.no_good_match import NoMatchTest
from modgap.calibration.score_statistics import ScoreStatistics
from modgap.errors import CalibrationError
from tests.calibration.made_calibrations import made_of

GROUPS = np.asarray(["text", "image", "table"])
STATISTICS = {
    "text": ScoreStatistics.from_scores([0.8, 1.0], "text"),  # mean .9, deviation .1
    "image": ScoreStatistics.from_scores([0.2, 0.4], "image"),  # .3, .1
    "table": ScoreStatistics.from_scores([0.1, 0.5], "table"),  # .3, .2
}
MEANS = {name: np.zeros(2, dtype=np.float32) for name in ("query.text", "text", "image", "table")}
TEST = NoMatchTest(dict.fromkeys(STATISTICS, 0.5), dict.fromkeys(STATISTICS, 0.1), threshold=1.0)


def test_z_and_fit_of_three_groups_by_hand() -> None:
    scores = HitScores(STATISTICS, 0.05, None, {})
    assert scores.z([0.9, 0.4, 0.7], GROUPS) == pytest.approx([0, 1, 2], abs=1e-5)
    # two queries cannot say more than two in three
    assert scores.fit_percentile([0.9, 0.5, 0.3], GROUPS) == pytest.approx([0.5, 2 / 3, 0.5], abs=1e-3)
    assert scores.z([[0.9, 0.4, 0.7]] * 2, GROUPS).shape == (2, 3)


def test_a_group_without_statistics_is_refused() -> None:
    scores = HitScores(STATISTICS, 0.05, None, {})
    for judge in (scores.z, scores.fit_percentile):
        with pytest.raises(CalibrationError, match='nothing of the group "maps"'):
            judge([0.1, 0.2], np.asarray(["text", "maps"]))


def test_the_best_of_any_group_makes_a_match() -> None:
    scores = HitScores(STATISTICS, 0.05, TEST, MEANS)
    query = np.asarray([1, 0], dtype=np.float32)
    away = np.asarray([0, 1], dtype=np.float32)
    assert scores.tests_matches
    assert not scores.has_match(query, {"text": away, "image": away, "table": away})
    assert scores.has_match(query, {"text": away, "image": away, "table": query})


@pytest.mark.parametrize("lacks", ["query.text", "table"])
def test_without_a_mean_that_the_test_needs_every_query_counts_as_matched(lacks: str) -> None:
    scores = HitScores(STATISTICS, 0.05, TEST, {name: mean for name, mean in MEANS.items() if name != lacks})
    assert not scores.tests_matches
    away = np.asarray([0, 1], dtype=np.float32)
    assert scores.has_match(-away, dict.fromkeys(STATISTICS, away))


def test_the_least_cosine_is_where_the_fit_begins_to_suffice() -> None:
    calibration = made_of(text=np.linspace(0.2, 0.8, 61), image=np.linspace(0.1, 0.3, 61))
    for threshold in (0.05, 0.5, 0.9):
        scores = replace(calibration, fit_threshold=threshold).hit_scores("text")
        for group, low, width in (("text", 0.2, 0.6), ("image", 0.1, 0.2)):
            assert scores.least_cosine(group) == pytest.approx(low + threshold * width, abs=width / 50)
    assert replace(calibration, fit_threshold=0.0).hit_scores("text").least_cosine("text") == -1.0
