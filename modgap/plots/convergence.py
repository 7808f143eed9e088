"""How many calibration queries are enough: mean and deviation against their number."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator
from numpy.typing import ArrayLike, NDArray

from modgap.items import Modality
from modgap.plots.style import LABEL, LINE, MARKER, Palette, Theme, palette, panels, say

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
    """Two panels over the number of queries: mu and sigma of the best scores of each modality, in cosine.

    n_queries: (m,), ascending. means, stds: by item modality ("text", "image"), (m,). bands: (low, high), (m,) each.
    """
    colours = palette(theme)
    counts = np.asarray(n_queries, dtype=np.float64)
    figure, (left, right) = panels(2, colours, title="How many queries are enough", transparent=transparent)
    _draw(left, counts, means, mean_bands or {}, colours)
    say(left, colours, title="Mean of the best scores", x="calibration queries", y="cosine")
    _draw(right, counts, stds, std_bands or {}, colours)
    right.set_ylim(bottom=0)
    say(right, colours, title="Their standard deviation", x="calibration queries", y="cosine")
    return figure


def _draw(
    axes: Axes,
    counts: NDArray[np.float64],
    curves: Curves,
    bands: Mapping[str, tuple[ArrayLike, ArrayLike]],
    colours: Palette,
) -> None:
    for modality in (Modality.TEXT, Modality.IMAGE):
        values = np.asarray(curves[modality.value], dtype=np.float64)
        if modality.value in bands:
            low, high = (np.asarray(each, dtype=np.float64) for each in bands[modality.value])
            axes.fill_between(counts, low, high, color=colours.strong[modality], alpha=0.2, linewidth=0)
        axes.plot(
            counts,
            values,
            color=colours.strong[modality],
            linestyle=LINE[modality],
            marker=MARKER[modality],
            markersize=10,
            linewidth=3.5,
        )
        axes.annotate(
            modality.plural,
            (counts[-1], values[-1]),
            xytext=(14, 0),
            textcoords="offset points",
            va="center",
            fontsize=LABEL,
            fontweight="bold",
            color=colours.word[modality],
            annotation_clip=False,
        )
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if counts[-1] < 30 * counts[0] else (1,)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.grid(True, color=colours.rule, linewidth=1)
