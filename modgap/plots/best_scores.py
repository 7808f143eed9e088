"""The two distributions of best scores, before and after standardization."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.interpolate import CubicSpline

from modgap.calibration import Calibration
from modgap.items import Modality
from modgap.plots.densities import Densities, score_densities
from modgap.plots.style import HATCH, LABEL, LINE, Palette, Theme, palette, panels, say

SMOOTH = 800  # points of a drawn curve; those of `densities.py` are for the app's small figures
BARELY = 0.004  # of the highest point: below it a curve is the axis


def density_figure(
    calibration: Calibration, *, query_modality: str = "text", theme: Theme = "light", transparent: bool = False
) -> Figure:
    """Kernel densities of each query's best picture and best passage: as cosines, and as z.

    Drawn from the percentiles that the artefact keeps. Raises CalibrationError without statistics for such queries.
    """
    densities = score_densities(calibration, query_modality)
    colours = palette(theme)
    figure, (before, after) = panels(
        2, colours, title="Best picture and best passage of each query", transparent=transparent
    )
    _draw(before, densities.raw, colours)
    _name(before, densities.raw, colours, means=True)
    before.set_xlim(right=min(1.0, densities.raw.grid[-1]))  # the kernel's tail may pass 1, no cosine does
    say(before, colours, title=f"Raw: {_overlap(densities.raw):.0%} overlap", x="cosine")
    _draw(after, densities.standardized, colours)
    _name(after, densities.standardized, colours)
    say(
        after,
        colours,
        title=f"Standardized: {_overlap(densities.standardized):.0%} overlap",
        x="standard deviations (z)",
    )
    return figure


def _draw(axes: Axes, densities: Densities, colours: Palette) -> None:
    grid = np.linspace(densities.grid[0], densities.grid[-1], SMOOTH)
    for modality in (Modality.TEXT, Modality.IMAGE):
        colour = colours.strong[modality]
        curve = CubicSpline(densities.grid, densities.curves[modality.value])(grid)
        curve = np.where(curve > BARELY, curve, np.nan)  # no coloured line along the axis
        axes.fill_between(grid, curve, color=colour, alpha=0.22, linewidth=0)
        if HATCH[modality]:
            axes.fill_between(
                grid, curve, facecolor="none", edgecolor=colour, hatch=HATCH[modality], alpha=0.35, linewidth=0
            )
        axes.plot(grid, curve, color=colour, linestyle=LINE[modality], linewidth=3.5)
    axes.set_ylim(0, 1.25)
    axes.set_xlim(grid[0], grid[-1])
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)


def _name(axes: Axes, densities: Densities, colours: Palette, *, means: bool = False) -> None:
    """The word for each modality over its peak, with its mean; side by side where the peaks are too near for two."""
    peaks = {m: densities.grid[densities.curves[m.value].argmax()] for m in Modality}
    heights = {m: densities.curves[m.value].max() for m in Modality}
    width = densities.grid[-1] - densities.grid[0]
    beside = abs(peaks[Modality.TEXT] - peaks[Modality.IMAGE]) < 0.34 * width
    near = beside and abs(heights[Modality.TEXT] - heights[Modality.IMAGE]) < 0.3  # one low peak leaves room for both
    left = min(Modality, key=lambda m: (peaks[m], m is Modality.TEXT))
    for modality in Modality:
        x, y, side = peaks[modality], heights[modality] + 0.06, "center"
        if near:
            x = (peaks[Modality.TEXT] + peaks[Modality.IMAGE]) / 2 + (-0.03 if modality is left else 0.03) * width
            y, side = max(heights.values()) + 0.06, "right" if modality is left else "left"
        axes.text(
            x,
            y,
            f"{modality.plural}\nmean {densities.centres[modality.value]:.2f}" if means else modality.plural,
            ha=side,
            va="baseline",
            linespacing=1.25,
            fontsize=LABEL,
            fontweight="bold",
            color=colours.word[modality],
        )


def _overlap(densities: Densities) -> float:
    """Area under both curves when each has area 1: 0 apart, 1 the same."""
    text, image = (densities.curves[m.value] / densities.curves[m.value].sum() for m in (Modality.TEXT, Modality.IMAGE))
    return float(np.minimum(text, image).sum())
