"""modgap.metrics.sample_statistics against numpy, scipy and a case worked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from modgap.metrics.sample_statistics import Moments, bootstrap_mean_std, percentiles, share_below

samples = st.lists(st.floats(-1, 1, allow_nan=False), min_size=0, max_size=30)


def test_moments_by_hand() -> None:
    moments = Moments.from_values([1.0, 2.0, 6.0])
    assert (moments.n, moments.mean, moments.m2) == (3, 3.0, 14.0)
    assert moments.std() == pytest.approx((14 / 3) ** 0.5)
    assert moments.std(ddof=1) == pytest.approx(7**0.5)


@given(samples, samples, samples)
def test_parts_merge_to_the_whole(a: list[float], b: list[float], c: list[float]) -> None:
    merged, whole = (
        Moments.from_values(a) + Moments.from_values(b) + Moments.from_values(c),
        Moments.from_values([*a, *b, *c]),
    )
    assert merged.n == whole.n
    assert merged.mean == pytest.approx(whole.mean, abs=1e-12)
    assert merged.m2 == pytest.approx(whole.m2, abs=1e-12)


def test_std_of_too_few_values_is_nan() -> None:
    assert np.isnan(Moments.from_values([0.3]).std(ddof=1))
    assert np.isnan(Moments().std())


def test_bootstrap_intervals_agree_with_theory_for_a_normal_sample() -> None:
    sample = np.random.default_rng(1).normal(0.3, 0.05, size=400)
    mean, std = bootstrap_mean_std(sample)
    expected = stats.t.interval(0.95, 399, loc=sample.mean(), scale=stats.sem(sample))
    assert (mean.low, mean.high) == pytest.approx(expected, abs=5e-4)
    chi = stats.chi2.interval(0.95, 399)
    expected_std = np.sqrt(399 * sample.var(ddof=1) / np.asarray(chi[::-1]))
    assert (std.low, std.high) == pytest.approx(tuple(expected_std), abs=1.5e-3)


def test_bootstrap_is_the_same_each_time() -> None:
    sample = [0.1, 0.2, 0.4, 0.3]
    assert bootstrap_mean_std(sample) == bootstrap_mean_std(sample)


def test_share_below_by_hand() -> None:
    quantiles = percentiles([0.0, 1.0, 2.0, 3.0])
    assert share_below([1.5, 3.0, 99.0, -99.0], quantiles, n=4).tolist() == pytest.approx([0.5, 0.8, 0.8, 0.2])


def test_share_below_agrees_with_scipy_in_the_middle() -> None:
    sample = np.random.default_rng(2).normal(size=2000)
    scores = np.linspace(-2, 2, 9)
    expected = [stats.percentileofscore(sample, s) / 100 for s in scores]
    assert share_below(scores, percentiles(sample), n=2000) == pytest.approx(expected, abs=0.003)
