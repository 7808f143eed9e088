"""modgap.metrics.sample_statistics against numpy, scipy and a case worked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from modgap.metrics.sample_statistics import (
    MAX_BOOTSTRAP_VALUES,
    Moments,
    bootstrap_mean_std,
    percentiles,
    share_below,
)

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


@pytest.mark.parametrize("n", [2, 3, 43, 200, 1000, 3000])
@pytest.mark.parametrize("ddof", [0, 1])
def test_bootstrap_intervals_are_those_of_scipy_with_the_same_seed(n: int, ddof: int) -> None:
    sample = np.random.default_rng(n).beta(2, 5, size=n)
    result = stats.bootstrap(
        (sample,),
        lambda x, axis: np.stack([x.mean(axis=axis), x.std(axis=axis, ddof=ddof)]),
        n_resamples=1999,
        batch=500,
        method="percentile",
        rng=np.random.default_rng(7),
    ).confidence_interval
    mean, std = bootstrap_mean_std(sample, ddof=ddof, seed=7)
    assert ([mean.low, std.low], [mean.high, std.high]) == (
        pytest.approx(result.low, abs=1e-12),
        pytest.approx(result.high, abs=1e-12),
    )


@pytest.mark.parametrize("shape", ["skewed", "two peaks"])
def test_intervals_of_a_large_sample_are_those_of_the_bootstrap_within_the_stated_error(shape: str) -> None:
    """Many resamples stand in for the endless bootstrap; one with 1999 errs by more than the formula does."""
    rng, n = np.random.default_rng(0), MAX_BOOTSTRAP_VALUES + 1
    # values on a grid: a resample is then 200 counts, drawn at once
    grid = np.linspace(0.0, 1.0, 200)
    weights = grid * (1 - grid) ** 4 if shape == "skewed" else np.exp(-(((grid - 0.3) / 0.03) ** 2)) + 0.01
    counts = rng.multinomial(n, weights / weights.sum())
    means_stds = []
    for each in rng.multinomial(n, counts / n, size=60_000).reshape(60, 1000, 200):
        mean = each @ grid / n
        means_stds.append([mean, np.sqrt(each @ grid**2 / n - mean**2)])
    bounds = np.quantile(np.concatenate(means_stds, axis=1), [0.025, 0.975], axis=1).T
    for interval, (low, high) in zip(bootstrap_mean_std(np.repeat(grid, counts)), bounds, strict=True):
        assert [interval.low, interval.high] == pytest.approx([low, high], abs=0.02 * (high - low) / 2)


def test_the_intervals_of_a_sample_that_just_fits_agree_with_those_of_one_that_just_does_not() -> None:
    sample = np.random.default_rng(3).normal(0.3, 0.05, size=MAX_BOOTSTRAP_VALUES + 1)
    for drawn, computed in zip(bootstrap_mean_std(sample[:-1]), bootstrap_mean_std(sample), strict=True):
        half_width = (computed.high - computed.low) / 2
        assert [drawn.low, drawn.high] == pytest.approx([computed.low, computed.high], abs=0.1 * half_width)


def test_share_below_by_hand() -> None:
    quantiles = percentiles([0.0, 1.0, 2.0, 3.0])
    assert share_below([1.5, 3.0, 99.0, -99.0], quantiles, n=4).tolist() == pytest.approx([0.5, 0.8, 0.8, 0.2])


def test_share_below_agrees_with_scipy_in_the_middle() -> None:
    sample = np.random.default_rng(2).normal(size=2000)
    scores = np.linspace(-2, 2, 9)
    expected = [stats.percentileofscore(sample, s) / 100 for s in scores]
    assert share_below(scores, percentiles(sample), n=2000) == pytest.approx(expected, abs=0.003)
