"""Warnings about a calibration, with hand-worked numbers."""

import math
from dataclasses import replace

import numpy as np
import pytest

from modgap.calibration.score_statistics import ScoreStatistics
from modgap.calibration.warnings import few_queries, offset_error, uncertain_offsets, unequal_pools
from modgap.metrics.sample_statistics import Interval


def statistics(std: float, half: float) -> ScoreStatistics:
    return ScoreStatistics(0.5, std, 100, Interval(0.5 - half, 0.5 + half), Interval(std, std), (0.0, 1.0))


def test_the_offset_error_is_that_of_the_worst_pair() -> None:
    small, wide = statistics(0.1, 0.03), statistics(0.2, 0.04)
    assert offset_error({"text": small, "image": wide}) == pytest.approx(0.05 / 0.1)
    worst = math.hypot(0.04, 0.12) / 0.05
    three = {"text": small, "image": wide, "table": statistics(0.05, 0.12)}
    assert offset_error(three) == pytest.approx(worst)
    assert offset_error({"text": small}) == 0


def test_means_that_share_their_queries_are_compared_query_by_query() -> None:
    """Both groups swing by 0.2 with the query, and their difference hardly moves."""
    rng = np.random.default_rng(0)
    swing, noise = rng.normal(0, 0.2, 400), rng.normal(0, 0.01, 400)
    text = ScoreStatistics.from_scores(0.6 + swing, "text")
    image = ScoreStatistics.from_scores(0.2 + swing + noise, "image")
    paired = offset_error({"text": text, "image": image})
    assert paired == pytest.approx(1.96 * 0.01 / math.sqrt(400) / 0.2, rel=0.15)
    apart = {"text": replace(text, scores=None), "image": replace(image, scores=None)}
    assert offset_error(apart) > 15 * paired
    fewer = ScoreStatistics.from_scores(0.2 + swing[1:], "image")  # a query that could not be paired with a picture
    assert offset_error({"text": text, "image": fewer}) > 15 * paired


def test_an_uncertain_offset_is_named_with_its_size() -> None:
    uncertain = {"text": statistics(0.1, 0.06), "image": statistics(0.1, 0.08)}  # hypot 0.1
    [sentence] = uncertain_offsets({"text": uncertain, "image": {"text": statistics(0.1, 0.01)}})
    assert sentence.startswith("The offset between pictures and passages is uncertain for text queries: its 95 % ")
    assert "±1.00 of the smaller deviation" in sentence
    [of_three] = uncertain_offsets({"text": {**uncertain, "table": statistics(0.1, 0.01)}})
    assert of_three.startswith("The offset between the groups is uncertain")


def test_unequal_pools_are_named_where_every_group_has_items() -> None:
    [sentence] = unequal_pools({"text": 1, "image": 11})
    assert "very unequal (11 pictures, 1 passages)" in sentence
    [of_three] = unequal_pools({"text": 30, "image": 11, "table": 1})
    assert '(1 items of "table", 11 pictures, 30 passages)' in of_three
    assert unequal_pools({"text": 1, "image": 10}) == []
    assert unequal_pools({"text": 0, "image": 50}) == []
    assert unequal_pools({"image": 50}) == []


def test_few_queries_are_counted_by_modality() -> None:
    assert few_queries({"text": 50, "image": 49}) == [
        "Only 49 image queries calibrated it: give 50 or more for steady statistics."
    ]
