"""Share of pictures, or of another group, and Recall among the first k results of each method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator, PercentFormatter
from numpy.typing import ArrayLike

from modgap.errors import ModgapError
from modgap.items import Modality, group_plural
from modgap.plots.style import LABEL, TICK, Palette, Theme, palette, panels, set_titles

METHOD_STYLES = (
    ("-", "o"),
    ((0, (5, 1.5)), "s"),
    ((0, (1.2, 1.2)), "D"),
    ((0, (6, 1.5, 1.2, 1.5)), "^"),
    ((0, (3, 1)), "v"),
)


def share_and_recall_figure(
    ks: Sequence[int],
    shares: Mapping[str, ArrayLike],
    recalls: Mapping[str, ArrayLike],
    *,
    pool_share: float,
    share_of: str = Modality.IMAGE.value,
    highlight: Sequence[str] = ("standardized",),
    recall_of: str = "all queries",
    theme: Theme = "light",
    transparent: bool = False,
) -> Figure:
    """Two panels over k: the share of a group among the first k, and Recall@k.

    ks: ascending places. shares, recalls: by method, (len(ks),) each, 0..1. share_of: the group. pool_share: its share
    in the corpus. highlight: methods drawn heavy; the others are grey. recall_of: which queries, in words.
    Raises ModgapError where lengths differ.
    """
    for name, values in [*shares.items(), *recalls.items()]:
        if np.shape(values) != (len(ks),):
            raise ModgapError(f'"{name}" has {np.size(values)} values for {len(ks)} places.')
    colours = palette(theme)
    figure, (left, right) = panels(2, colours, title="What a search shows, and what it finds", transparent=transparent)
    plural = group_plural(share_of)
    left.axhline(pool_share, color=colours.soft, linewidth=2, linestyle=(0, (1, 3)))
    ends = _draw(left, ks, shares, highlight, colours)
    _label(left, ks[-1], {**ends, "in the corpus": pool_share}, highlight, colours)
    set_titles(left, colours, title=f"{plural[0].upper()}{plural[1:]} among the first k", x="k")
    _label(right, ks[-1], _draw(right, ks, recalls, highlight, colours), highlight, colours)
    set_titles(right, colours, title=f"Recall@k, {recall_of}", x="k")
    return figure


def _draw(
    axes: Axes, ks: Sequence[int], curves: Mapping[str, ArrayLike], highlight: Sequence[str], colours: Palette
) -> dict[str, float]:
    """Draw the curves; return the last value of each."""
    ends = {}
    for place, (name, values) in enumerate(curves.items()):
        line, marker = METHOD_STYLES[place % len(METHOD_STYLES)]
        heavy = name in highlight
        axes.plot(
            ks,
            np.asarray(values),
            linestyle="-" if heavy else line,
            marker=marker,
            markersize=11 if heavy else 8,
            linewidth=5 if heavy else 2.5,
            color=colours.ink if heavy else colours.soft,
            alpha=1 if heavy else 0.85,
            zorder=4 if heavy else 3,
            clip_on=False,
        )
        ends[name] = float(np.asarray(values)[-1])
    axes.set_xscale("log")
    axes.set_xticks(list(ks), [str(k) for k in ks])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_ylim(0, 1.04)
    axes.set_yticks(np.linspace(0, 1, 6))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.yaxis.grid(True, color=colours.rule, linewidth=1)
    return ends


def _label(axes: Axes, at: int, ends: Mapping[str, float], highlight: Sequence[str], colours: Palette) -> None:
    """Name each curve at its end, with a thin line to it where the name had to be moved."""
    for name, y in spread(ends, gap=0.062).items():
        heavy = name in highlight
        axes.annotate(
            name,
            xy=(at, ends[name]),
            xytext=(1.1, y),
            textcoords=axes.get_yaxis_transform(),
            va="center",
            fontsize=LABEL - 2 if len(ends) < 8 else TICK,
            fontweight="bold" if heavy else "normal",
            color=colours.ink if heavy else colours.soft,
            arrowprops={
                "arrowstyle": "-",
                "color": colours.soft,
                "linewidth": 1.2,
                "relpos": (0, 0.5),
                "shrinkA": 2,
                "shrinkB": 8,
            },
            annotation_clip=False,
        )


def spread(heights: Mapping[str, float], *, gap: float, low: float = 0.0, high: float = 1.0) -> dict[str, float]:
    """Heights for labels, `gap` or more apart, in the order of the values, from `low` to `high` if they all fit.

    >>> spread({"a": 0.5, "b": 0.5, "c": 0.1}, gap=0.06)
    {'c': 0.1, 'a': 0.47, 'b': 0.53}
    """
    clusters: list[tuple[list[str], float]] = []  # names that stand together, and their middle
    for name in sorted(heights, key=lambda each: heights[each]):
        cluster, middle = [name], heights[name]
        while True:
            half = gap * (len(cluster) - 1) / 2
            middle = max(min(middle, high - half), low + half)
            if not clusters or middle - clusters[-1][1] >= gap * (len(cluster) + len(clusters[-1][0])) / 2:
                break
            below, centre = clusters.pop()
            middle = (centre * len(below) + middle * len(cluster)) / (len(below) + len(cluster))
            cluster = [*below, *cluster]
        clusters.append((cluster, middle))
    return {
        name: round(middle + gap * (place - (len(cluster) - 1) / 2), 6)
        for cluster, middle in clusters
        for place, name in enumerate(cluster)
    }
