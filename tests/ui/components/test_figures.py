"""The distributions as drawings with a summary in words."""

from __future__ import annotations

import re

import numpy as np
import pytest

from modgap.plots import Densities, ScoreDensities
from modgap.ui.components.figures import density_figures, story


@pytest.fixture
def densities() -> ScoreDensities:
    """Three groups over an axis from 0 to 1; each curve is a triangle around its centre."""
    grid = np.linspace(0, 1, 5)
    centres = {"licences": 0.75, "image": 0.25, "text": 0.5}
    curves = {group: np.maximum(0, 1 - 4 * np.abs(grid - centre)) for group, centre in centres.items()}
    each = Densities(grid=grid, curves=curves, centres=centres, distance=0.25)
    return ScoreDensities(each, each)


def test_each_group_has_a_curve_of_its_accent_and_a_line_at_its_mean(densities):
    before, after = re.findall(r"<figure.*?</figure>", density_figures(densities))

    for figure in (before, after):
        assert re.findall(r'class="mg-curve mg-curve-(\w+)"', figure) == ["text", "picture", "other"]
        assert re.findall(r'class="mg-mean mg-mean-(\w+)" x1="([\d.]+)"', figure) == [
            ("text", "160.0"),  # half of 320
            ("picture", "80.0"),
            ("other", "240.0"),
        ]


def test_the_summary_names_each_group_with_its_mean(densities):
    assert (
        'aria-label="Before: best cosine of each query: passages around 0.50 and pictures around 0.25 and items of '
        '&#34;licences&#34; around 0.75"'
    ) in density_figures(densities)


def test_numbers_at_the_ends_of_the_axis_are_left_out(densities):
    ticks = re.findall(r'class="mg-tick"[^>]*>([^<]+)<', density_figures(densities))

    assert ticks[: len(ticks) // 2] == ["0.2", "0.4", "0.6", "0.8"]


def test_the_story_shows_both_distributions_before_and_after():
    assert story().count("<figure>") == 2
    assert story().count("mg-curve-picture") == story().count("mg-curve-text") == 2
