"""The figure of `swap_pictures_for_text`: curves with their names, in black and grey since colours mark modalities.

Its size is a column of a document, not a slide, so type and lines are smaller than in `modgap.plots`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from modgap.plots.files import save
from modgap.plots.style import palette

TYPE = 11  # points
# marker, dashes, width, position of the name as (share, NDCG@10) in a gap between curves, and its alignment
LOOKS = {
    "raw": ("o", "-", 1.4, (0.135, 0.085), "left"),
    "i0t_post": ("s", (0, (1.2, 1.2)), 1.4, (0.125, 0.222), "left"),
    "standardized": ("D", "-", 3.0, (0.31, 0.38), "left"),
    "i0t_post+standardized": ("^", (0, (5, 1.5)), 2.2, (0.33, 0.518), "right"),
}


def write_swap_figure(shares: Sequence[float], curves: Mapping[str, Sequence[float]], path: Path) -> None:
    """Write .svg or .png. shares: ascending, 0..1. curves: by method, NDCG@10 at each share."""
    colours = palette("light")
    with rc_context({"svg.hashsalt": "swap", "svg.fonttype": "none"}):
        figure = Figure(figsize=(7.2, 4.2), dpi=150, layout="constrained", facecolor=colours.paper)
        axes = figure.subplots()
        for name, values in curves.items():
            marker, line, weight, at, side = LOOKS[name]
            heavy = "standardized" in name
            colour = colours.ink if heavy else colours.soft
            axes.plot(shares, values, color=colour, marker=marker, markersize=5, linestyle=line, linewidth=weight)
            weight_of_name = "bold" if name == "standardized" else "normal"
            axes.text(*at, name, fontsize=TYPE, color=colour, ha=side, va="center", fontweight=weight_of_name)
        axes.set_xlim(-0.02, 1.02)
        axes.set_ylim(0, 0.7)
        axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        axes.set_xlabel("passages in the pool of 1,000 documents", fontsize=TYPE, color=colours.soft)
        axes.set_ylabel("NDCG@10", fontsize=TYPE, color=colours.soft)
        axes.tick_params(labelsize=TYPE - 1, colors=colours.soft, length=0)
        axes.yaxis.grid(True, color=colours.rule, linewidth=0.8)
        axes.set_axisbelow(True)
        for side, spine in axes.spines.items():
            spine.set_visible(side in ("left", "bottom"))
            spine.set_color(colours.rule)
        save(figure, path)
