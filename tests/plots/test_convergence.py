"""The figure of convergence: a curve and its band for each group."""

import numpy as np

from modgap import plots

COUNTS = [10, 20, 50, 100]
CURVES = {"text": [0.8, 0.79, 0.81, 0.8], "image": [0.3, 0.31, 0.32, 0.32]}


def test_pictures_and_passages_are_named_at_their_ends() -> None:
    figure = plots.convergence_figure(COUNTS, CURVES, CURVES)
    assert [text.get_text() for text in figure.axes[0].texts] == ["passages", "pictures"]
    assert figure.axes[0].texts[0].xy == (100, 0.8)  # the last value of its curve


def test_a_third_group_has_a_curve_and_a_band_of_its_own(words) -> None:
    curves = {**CURVES, "licences": [0.5, 0.5, 0.4, 0.6]}
    bands = {group: (np.asarray(curve) - 0.1, np.asarray(curve) + 0.1) for group, curve in curves.items()}
    figure = plots.convergence_figure(COUNTS, curves, curves, mean_bands=bands)
    mean, deviation = figure.axes
    assert 'items of "licences"' in words(figure)
    assert mean.lines[2].get_ydata().tolist() == [0.5, 0.5, 0.4, 0.6]
    assert (len(mean.collections), len(deviation.collections)) == (3, 0)
