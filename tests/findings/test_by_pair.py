"""Means by target and intervals that keep the draws of a pair together."""

import numpy as np
import pytest

from findings.by_pair import ByPair
from findings.sets import Mixed


def drawn(pairs: list[int], modality: list[str]) -> Mixed:
    empty = np.empty((len(pairs), 1))
    return Mixed(empty, empty, np.asarray(modality), np.asarray(pairs))


def test_means_by_hand() -> None:
    by = ByPair(3)
    by.add(drawn([0, 1, 2], ["image", "text", "text"]), np.asarray([1.0, 0.0, 0.5]))
    by.add(drawn([0, 1], ["image", "image"]), np.asarray([0.0, 1.0]))
    assert by.means()[0] == pytest.approx([2 / 3, 0.25])
    assert by.macro() == pytest.approx((2 / 3 + 0.25) / 2)
    assert by.all() == pytest.approx(2.5 / 5)


def test_repeated_draws_of_the_same_pairs_do_not_narrow_an_interval() -> None:
    values, kinds = np.tile([0.0, 1.0], 20), ["image", "image", "text", "text"] * 10
    once, often = ByPair(40), ByPair(40)
    for by, times in ((once, 1), (often, 5)):
        for _ in range(times):
            by.add(drawn(list(range(40)), kinds), values)
    assert once.shown() == often.shown()


def test_a_paired_difference_has_no_spread_where_methods_differ_by_a_constant() -> None:
    better, worse = ByPair(20), ByPair(20)
    of = drawn(list(range(20)), ["image", "text"] * 10)
    values = np.random.default_rng(0).uniform(size=20)
    better.add(of, values + 0.1)
    worse.add(of, values)
    difference, half = better.against(worse)
    assert difference == pytest.approx(0.1)
    assert half == pytest.approx(0, abs=1e-12)
