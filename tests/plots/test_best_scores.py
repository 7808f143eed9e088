"""The figure of the best scores before and after standardization."""

import numpy as np
import pytest

from modgap import plots
from modgap.calibration import Calibration
from modgap.errors import CalibrationError
from modgap.plots.best_scores import LabelPlace, label_places, overlap
from modgap.plots.densities import Densities


def test_the_density_figure_names_both_modalities_and_the_overlap(calibration: Calibration, words) -> None:
    shown = words(plots.density_figure(calibration))
    assert "pictures" in shown
    assert "passages" in shown
    assert "Standardized" in shown
    assert f"mean {calibration.statistics['text']['image'].mean:.2f}" in shown
    with pytest.raises(CalibrationError):
        plots.density_figure(calibration, query_modality="sound")


def test_overlap_is_the_area_that_all_curves_share() -> None:
    curves = {"a": np.asarray([1.0, 1, 0, 0]), "b": np.asarray([0.0, 1, 1, 0]), "c": np.asarray([0.0, 2, 1, 1])}
    two = {name: curves[name] for name in "ab"}
    assert overlap(Densities(np.arange(4.0), two, {}, 0.0)) == 0.5
    assert overlap(Densities(np.arange(4.0), curves, {}, 0.0)) == 0.5  # c has half of its area there too
    assert overlap(Densities(np.arange(4.0), {**curves, "d": np.asarray([0.0, 0, 0, 1])}, {}, 0.0)) == 0.0


def test_two_near_peaks_are_named_side_by_side_and_pictures_stand_left_of_an_equal_peak() -> None:
    places = label_places({"text": 0.5, "image": 0.5}, {"text": 1.0, "image": 0.9}, width=1.0)
    assert places["image"] == LabelPlace(0.47, 1.06, "right")
    assert places["text"] == LabelPlace(0.53, 1.06, "left")


def test_names_of_three_groups_never_overlap() -> None:
    places = label_places({"a": 0.5, "b": 0.55, "c": 0.45}, {"a": 1.0, "b": 0.95, "c": 0.9}, width=1.0)
    heights = sorted(place.y for place in places.values())
    assert np.diff(heights).min() >= 0.22 - 1e-9
    assert places["c"].y == pytest.approx(1.06)  # the lowest stands over the highest curve near it
    apart = label_places({"a": 0.1, "b": 0.5, "c": 0.9}, {"a": 1.0, "b": 1.0, "c": 1.0}, width=1.0)
    assert {place.y for place in apart.values()} == {1.06}


def test_three_groups_are_named_in_the_figure(calibration_of, words) -> None:
    figure = plots.density_figure(calibration_of(text=[0.6, 0.8], image=[0.2, 0.4], licences=[0.5, 0.7]))
    shown = words(figure)
    assert "Best item of each group, for each query" in shown
    for word in ("passages", "pictures", 'items of "licences"\nmean 0.60'):
        assert word in shown
