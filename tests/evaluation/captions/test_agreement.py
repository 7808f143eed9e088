"""Agreement with ratings: by hand, against scipy, and what the intervals must do."""

import numpy as np
import pytest
from scipy.stats import kendalltau, pearsonr

from modgap.errors import CalibrationError
from modgap.evaluation.captions.agreement import agreement, rank_correlations


def test_four_items_by_hand():
    # pairs of ratings that differ: (1,1') tied, so 5 of 6; the score inverts (2, 3) alone: C = 4, D = 1
    found = rank_correlations([0.1, 0.2, 0.4, 0.3], [1, 1, 2, 3])
    assert found["tau_b"] == pytest.approx((4 - 1) / np.sqrt(6 * 5))
    assert found["tau_c"] == pytest.approx(2 * 3 / (16 * 2 / 3))


@pytest.mark.parametrize("levels", [2, 4, 50])
def test_many_items_with_ties_agree_with_scipy(levels):
    rng = np.random.default_rng(levels)
    ratings = rng.integers(0, levels, 500)
    scores = np.maximum(ratings + rng.normal(scale=levels, size=500), 0).round(1)
    found = rank_correlations(scores, ratings)
    assert found["tau_b"] == pytest.approx(kendalltau(scores, ratings, variant="b").statistic, abs=1e-12)
    assert found["tau_c"] == pytest.approx(kendalltau(scores, ratings, variant="c").statistic, abs=1e-12)
    assert found["pearson"] == pytest.approx(pearsonr(scores, ratings).statistic, abs=1e-12)


def test_a_constant_score_has_no_correlation():
    assert np.isnan(list(rank_correlations([0.5, 0.5, 0.5], [1, 2, 3]).values())).all()


def test_intervals_draw_pictures_and_not_ratings():
    """Three copies of each rating add nothing, so intervals that draw whole pictures must not shrink."""
    rng = np.random.default_rng(0)
    ratings = rng.integers(1, 5, 80).astype(float)
    scores = ratings + rng.normal(scale=2, size=80)
    pictures = np.arange(80)
    once = agreement({"s": scores}, ratings, pictures, resamples=300)
    thrice = agreement({"s": np.repeat(scores, 3)}, np.repeat(ratings, 3), np.repeat(pictures, 3), resamples=300)
    widths = [
        each.estimates["s"]["pearson"].ci95.high - each.estimates["s"]["pearson"].ci95.low for each in (once, thrice)
    ]
    assert widths[1] == pytest.approx(widths[0], rel=1e-9)
    assert once.estimates["s"]["tau_b"].ci95.low < once.estimates["s"]["tau_b"].value


def test_the_paired_test_finds_a_better_score_and_no_difference_with_itself():
    rng = np.random.default_rng(1)
    ratings = rng.integers(1, 5, 300).astype(float)
    noise = rng.normal(size=300)
    scores = {"good": ratings + noise, "bad": ratings + 4 * noise, "again": ratings + noise}
    found = agreement(
        scores, ratings, np.arange(300) // 3, compared=(("good", "bad"), ("good", "again")), resamples=200
    )
    better, same = (found.differences[pair]["tau_b"] for pair in (("good", "bad"), ("good", "again")))
    assert better.ci95.low > 0
    assert better.p == pytest.approx(2 / 201)
    assert (same.value, same.p, same.ci95.low, same.ci95.high) == (0, 1, 0, 0)
    assert found == agreement(
        scores, ratings, np.arange(300) // 3, compared=(("good", "bad"), ("good", "again")), resamples=200
    )


def test_too_few_pictures_or_equal_ratings_are_an_error():
    with pytest.raises(CalibrationError, match="two pictures"):
        agreement({"s": [1, 2]}, [1, 2], ["a", "a"])
    with pytest.raises(CalibrationError, match="not all the same"):
        agreement({"s": [1, 2, 3]}, [3, 3, 3], ["a", "b", "c"])
    with pytest.raises(CalibrationError, match="three ratings"):
        agreement({"s": [1, 2]}, [3, 4], ["a", "b"])
    assert np.isnan(list(rank_correlations([1, 2], [3, 4]).values())).all()
