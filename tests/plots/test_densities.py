"""The curves of the calibration figure: hand-worked first, then what must hold for any calibration."""

import numpy as np
import pytest

from modgap.calibration import Calibration, QuerySource, ScoreStatistics
from modgap.items import Modality
from modgap.plots import score_densities
from modgap.plots.densities import kernel_density


def calibration(text_scores, image_scores) -> Calibration:
    statistics = {
        "text": ScoreStatistics.of(text_scores, Modality.TEXT),
        "image": ScoreStatistics.of(image_scores, Modality.IMAGE),
    }
    return Calibration(
        model="m",
        dimension=2,
        counts={"text": 3, "image": 3},
        fingerprint="f",
        created="2026-01-01T00:00:00+00:00",
        parameters={"k": 1, "ddof": 0},
        queries={"text": QuerySource("given", len(text_scores), "")},
        statistics={"text": statistics},
    )


def test_kernel_density_integrates_to_one():
    grid = np.linspace(-8, 8, 2001)

    density = kernel_density(np.random.default_rng(0).normal(size=101), grid)

    assert np.trapezoid(density, grid) == pytest.approx(1.0, abs=1e-6)


def test_kernel_density_of_a_symmetric_sample_peaks_in_its_middle():
    grid = np.linspace(-1, 1, 201)

    assert grid[kernel_density([-0.2, 0.0, 0.2], grid).argmax()] == pytest.approx(0.0, abs=1e-9)


def test_the_distance_is_that_of_the_means_and_vanishes_after_standardization():
    densities = score_densities(calibration([0.6, 0.8], [0.2, 0.4]))

    assert densities.raw.distance == pytest.approx(0.4)
    assert densities.standardized.distance == 0.0


def test_curves_of_shifted_scores_coincide_after_standardization():
    scores = np.random.default_rng(1).uniform(0.3, 0.5, size=80)

    curves = score_densities(calibration(scores + 0.4, scores)).standardized.curves

    np.testing.assert_allclose(curves["text"], curves["image"], atol=1e-6)  # scores are kept as float32


def test_the_highest_point_is_one_and_the_grid_covers_all_quantiles():
    found = calibration([0.6, 0.7, 0.8], [0.2, 0.3, 0.4])

    raw = score_densities(found).raw

    assert max(curve.max() for curve in raw.curves.values()) == 1.0
    assert raw.grid[0] < 0.2
    assert raw.grid[-1] > 0.8
