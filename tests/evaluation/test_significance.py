"""Intervals, the randomisation test and Holm's correction against scipy and cases worked by hand."""

import numpy as np
import pytest
from scipy.stats import binomtest, bootstrap, wilcoxon

from modgap.evaluation.significance import (
    MIN_RESAMPLED,
    differences,
    holm,
    intervals,
    mean_interval,
    paired_p,
    wilson_interval,
)


def test_the_interval_is_scipys_percentile_bootstrap() -> None:
    values = np.random.default_rng(4).uniform(size=200)
    low, high = intervals(values[:, None])
    expected = bootstrap((values,), np.mean, method="percentile", n_resamples=9999, rng=1).confidence_interval
    assert (low[0], high[0]) == pytest.approx((expected.low, expected.high), abs=0.004)


def test_all_signs_of_few_queries_give_the_exact_p() -> None:
    # of the 16 signs of four equal differences two are as far out: all plus and all minus
    assert paired_p([1.0, 1.0, 1.0, 1.0]) == pytest.approx(2 / 16)
    assert paired_p([0.0, 0.0]) == 1.0
    assert paired_p([1.0, -1.0, 1.0, -1.0]) == 1.0


def test_p_agrees_with_wilcoxon_about_a_clear_and_about_no_difference() -> None:
    rng = np.random.default_rng(0)
    clear, none = rng.normal(0.5, 1, 100), rng.normal(0, 1, 100)
    assert (paired_p(clear) < 0.01, paired_p(none) > 0.1) == (True, True)
    assert (wilcoxon(clear).pvalue < 0.01, wilcoxon(none).pvalue > 0.1) == (True, True)


def test_holm_by_hand() -> None:
    # sorted .005 .01 .03 .04, times 4 3 2 1: .02 .03 .06 .04, and no one below the one before
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
    assert holm([0.9, 0.8]) == [1.0, 1.0]


def test_differences_name_the_method_that_is_better() -> None:
    rng = np.random.default_rng(2)
    base = rng.uniform(size=80)
    values = {"a": base, "b": base + 0.2 + 0.05 * rng.normal(size=80), "c": base}
    b, c = differences(values, "a", target="all", metric="recall@20")
    assert (b.method, b.reference) == ("b", "a")
    assert b.difference == pytest.approx(0.2, abs=0.02)
    assert b.low < b.difference < b.high
    assert b.p_holm < 0.01
    assert (c.difference, c.p_holm) == (0.0, 1.0)


@pytest.mark.parametrize(("successes", "n"), [(0, 1), (1, 1), (0, 5), (5, 5), (5, 9), (1, 9)])
def test_wilsons_interval_is_that_of_scipy(successes: int, n: int) -> None:
    expected = binomtest(successes, n).proportion_ci(method="wilson")
    found = wilson_interval(successes, n)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_few_values_are_never_given_an_interval_of_no_width() -> None:
    for n in range(1, MIN_RESAMPLED):
        low, high = mean_interval(np.ones(n), is_rate=True)
        assert low < 0.8 < high == 1.0
        assert mean_interval(np.ones(n)) is None
        assert mean_interval(np.full(n, 0.5), is_rate=True) is None  # shares, not rates
    assert mean_interval(np.ones(MIN_RESAMPLED)) == (1.0, 1.0)
