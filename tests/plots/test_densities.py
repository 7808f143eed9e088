"""The curves of the calibration figure: hand-worked first, then what must hold for any calibration."""

import numpy as np
import pytest

from modgap.plots import score_densities
from modgap.plots.densities import kernel_density


def test_kernel_density_integrates_to_one():
    grid = np.linspace(-8, 8, 2001)

    density = kernel_density(np.random.default_rng(0).normal(size=101), grid)

    assert np.trapezoid(density, grid) == pytest.approx(1.0, abs=1e-6)


def test_kernel_density_of_a_symmetric_sample_peaks_in_its_middle():
    grid = np.linspace(-1, 1, 201)

    assert grid[kernel_density([-0.2, 0.0, 0.2], grid).argmax()] == pytest.approx(0.0, abs=1e-9)


def test_the_distance_is_that_of_the_means_and_vanishes_after_standardization(calibration_of):
    densities = score_densities(calibration_of(text=[0.6, 0.8], image=[0.2, 0.4]))

    assert densities.raw.distance == pytest.approx(0.4)
    assert densities.standardized.distance == 0.0


def test_curves_of_shifted_scores_coincide_after_standardization(calibration_of):
    scores = np.random.default_rng(1).uniform(0.3, 0.5, size=80)

    curves = score_densities(calibration_of(text=scores + 0.4, image=scores)).standardized.curves

    np.testing.assert_allclose(curves["text"], curves["image"], atol=1e-6)  # scores are kept as float32


def test_the_highest_point_is_one_and_the_grid_covers_all_quantiles(calibration_of):
    found = calibration_of(text=[0.6, 0.7, 0.8], image=[0.2, 0.3, 0.4])

    raw = score_densities(found).raw

    assert max(curve.max() for curve in raw.curves.values()) == 1.0
    assert raw.grid[0] < 0.2
    assert raw.grid[-1] > 0.8


def test_three_groups_have_a_curve_each_and_the_distance_stays_that_of_pictures_and_passages(calibration_of):
    raw = score_densities(calibration_of(text=[0.6, 0.8], image=[0.2, 0.4], licences=[0.8, 1.0])).raw

    assert list(raw.curves) == list(raw.centres) == ["text", "image", "licences"]
    assert raw.grid[raw.curves["licences"].argmax()] == pytest.approx(0.9, abs=0.02)
    assert raw.distance == pytest.approx(0.4)


def test_without_pictures_the_distance_is_from_the_lowest_mean_to_the_highest(calibration_of):
    raw = score_densities(calibration_of(tables=[0.1, 0.3], text=[0.6, 0.8], licences=[0.4, 0.6])).raw

    assert raw.distance == pytest.approx(0.5)
