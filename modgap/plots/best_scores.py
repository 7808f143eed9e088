"""Densities of the best scores of each group, before and after standardization."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.interpolate import CubicSpline

from modgap.calibration import Calibration
from modgap.items import Modality, group_counted, group_plural, ordered_groups
from modgap.plots.densities import Densities, score_densities
from modgap.plots.style import LABEL, Palette, Theme, group_styles, palette, panels, set_titles

DRAWN_POINTS = 800  # of a curve; the fewer points of `densities.py` are for the app's small figures
AXIS_HEIGHT = 0.004  # of the highest point: a curve below it is not distinguishable from the axis
TOP = 1.25  # of the panel, in the units of the curves
LABEL_WIDTH, LABEL_HEIGHT = 0.34, 0.22  # of a label: share of the axis; units of the curves


def density_figure(
    calibration: Calibration, *, query_modality: str = "text", theme: Theme = "light", transparent: bool = False
) -> Figure:
    """Kernel densities of the scores of each query's best item of each group: as cosines, and as z.

    Drawn from the percentiles that the artefact keeps. Raises CalibrationError without statistics for such queries.
    """
    densities = score_densities(calibration, query_modality)
    colours = palette(theme)
    figure, (before, after) = panels(2, colours, title=_title(densities.raw), transparent=transparent)
    _draw(before, densities.raw, colours)
    _name(before, densities.raw, colours, means=True)
    before.set_xlim(right=min(1.0, densities.raw.grid[-1]))  # the kernel's tail may pass 1, a cosine does not
    set_titles(before, colours, title=f"Raw: {overlap(densities.raw):.0%} overlap", x="cosine")
    _draw(after, densities.standardized, colours)
    _name(after, densities.standardized, colours)
    set_titles(
        after,
        colours,
        title=f"Standardized: {overlap(densities.standardized):.0%} overlap",
        x="standard deviations (z)",
    )
    return figure


def overlap(densities: Densities) -> float:
    """Area under all curves at once when each has area 1: 0 where no score is shared, 1 where all are the same."""
    return float(np.min([curve / curve.sum() for curve in densities.curves.values()], axis=0).sum())


@dataclass(frozen=True)
class LabelPlace:
    """Where a label stands: x on the axis, y in the units of the curves, and which part of it is at x."""

    x: float
    y: float
    side: Literal["left", "center", "right"] = "center"


def label_places(peaks: Mapping[str, float], heights: Mapping[str, float], *, width: float) -> dict[str, LabelPlace]:
    """Places for the labels of curves, each over its peak, without overlap.

    peaks, heights: x and y of the highest point, by group. width: of the axis.
    Two groups whose peaks are too near stand side by side; of more groups, one above the other over all
    peaks near them.

    >>> label_places({"text": 0.5, "image": 0.1}, {"text": 1.0, "image": 0.8}, width=1.0)["text"]
    LabelPlace(x=0.5, y=1.06, side='center')
    """
    places = {group: LabelPlace(peaks[group], heights[group] + 0.06) for group in peaks}
    if len(places) == 2:
        a, b = sorted(places, key=lambda group: (peaks[group], group == Modality.TEXT.value))
        middle, top = (peaks[a] + peaks[b]) / 2, max(heights.values()) + 0.06
        # where only one peak is low, each label has enough space over its own
        if peaks[b] - peaks[a] < LABEL_WIDTH * width and abs(heights[a] - heights[b]) < 0.3:
            places[a] = LabelPlace(middle - 0.03 * width, top, "right")
            places[b] = LabelPlace(middle + 0.03 * width, top, "left")
        return places
    placed: list[LabelPlace] = []
    for group in sorted(places, key=lambda group: heights[group]):
        x = peaks[group]
        y = 0.06 + max(heights[other] for other in peaks if abs(peaks[other] - x) < LABEL_WIDTH * width)
        for taken in sorted(other.y for other in placed if abs(other.x - x) < LABEL_WIDTH * width):
            if abs(taken - y) < LABEL_HEIGHT:
                y = taken + LABEL_HEIGHT
        places[group] = LabelPlace(x, y)
        placed.append(places[group])
    return places


def _title(densities: Densities) -> str:
    groups = ordered_groups(densities.curves)
    if len(groups) != 2:
        return "Best item of each group, for each query"
    second, first = (group_counted(group, 1) for group in groups)  # pictures come first in titles
    return f"Best {first} and best {second} of each query"


def _draw(axes: Axes, densities: Densities, colours: Palette) -> None:
    grid = np.linspace(densities.grid[0], densities.grid[-1], DRAWN_POINTS)
    for group, style in group_styles(densities.curves, colours).items():
        curve = CubicSpline(densities.grid, densities.curves[group])(grid)
        curve = np.where(curve > AXIS_HEIGHT, curve, np.nan)  # no coloured line along the axis
        axes.fill_between(grid, curve, color=style.strong, alpha=0.22, linewidth=0)
        if style.hatch:
            axes.fill_between(
                grid, curve, facecolor="none", edgecolor=style.strong, hatch=style.hatch, alpha=0.35, linewidth=0
            )
        axes.plot(grid, curve, color=style.strong, linestyle=style.line, linewidth=3.5)
    axes.set_ylim(0, TOP)
    axes.set_xlim(grid[0], grid[-1])
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)


def _name(axes: Axes, densities: Densities, colours: Palette, *, means: bool = False) -> None:
    """Write the word for each group over its peak, with its mean."""
    peaks = {group: float(densities.grid[curve.argmax()]) for group, curve in densities.curves.items()}
    heights = {group: float(curve.max()) for group, curve in densities.curves.items()}
    places = label_places(peaks, heights, width=float(densities.grid[-1] - densities.grid[0]))
    axes.set_ylim(0, max(TOP, *(place.y + 0.8 * LABEL_HEIGHT for place in places.values())))
    for group, style in group_styles(densities.curves, colours).items():
        word = group_plural(group)
        axes.text(
            places[group].x,
            places[group].y,
            f"{word}\nmean {densities.centres[group]:.2f}" if means else word,
            ha=places[group].side,
            va="baseline",
            linespacing=1.25,
            fontsize=LABEL,
            fontweight="bold",
            color=style.word,
        )
