"""Convergence of the score statistics: mean and standard deviation over the number of calibration queries."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator
from numpy.typing import ArrayLike, NDArray

from modgap.items import group_plural
from modgap.plots.style import LABEL, Palette, Theme, group_styles, palette, panels, set_titles

Curves = Mapping[str, ArrayLike]


def convergence_figure(
    n_queries: ArrayLike,
    means: Curves,
    stds: Curves,
    *,
    mean_bands: Mapping[str, tuple[ArrayLike, ArrayLike]] | None = None,
    std_bands: Mapping[str, tuple[ArrayLike, ArrayLike]] | None = None,
    theme: Theme = "light",
    transparent: bool = False,
) -> Figure:
    """Two panels over the number of queries: mu and sigma of the best scores of each group, in cosine.

    n_queries: (m,), ascending. means, stds: by item group, (m,). bands: (low, high) by item group, (m,) each.
    """
    colours = palette(theme)
    counts = np.asarray(n_queries, dtype=np.float64)
    figure, (left, right) = panels(2, colours, title="How many queries are enough", transparent=transparent)
    _draw(left, counts, means, mean_bands or {}, colours)
    set_titles(left, colours, title="Mean of the best scores", x="calibration queries", y="cosine")
    _draw(right, counts, stds, std_bands or {}, colours)
    right.set_ylim(bottom=0)
    set_titles(right, colours, title="Their standard deviation", x="calibration queries", y="cosine")
    return figure


def _draw(
    axes: Axes,
    counts: NDArray[np.float64],
    curves: Curves,
    bands: Mapping[str, tuple[ArrayLike, ArrayLike]],
    colours: Palette,
) -> None:
    for group, style in group_styles(curves, colours).items():
        values = np.asarray(curves[group], dtype=np.float64)
        if group in bands:
            low, high = (np.asarray(each, dtype=np.float64) for each in bands[group])
            axes.fill_between(counts, low, high, color=style.strong, alpha=0.2, linewidth=0)
        axes.plot(
            counts,
            values,
            color=style.strong,
            linestyle=style.line,
            marker=style.marker,
            markersize=10,
            linewidth=3.5,
        )
        axes.annotate(
            group_plural(group),
            (counts[-1], values[-1]),
            xytext=(14, 0),
            textcoords="offset points",
            va="center",
            fontsize=LABEL,
            fontweight="bold",
            color=style.word,
            annotation_clip=False,
        )
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if counts[-1] < 30 * counts[0] else (1,)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.grid(True, color=colours.rule, linewidth=1)
