"""The figure of `default_method`: NDCG@10 of each set by method, from the CSV of all cells.

    python -m findings.default_figure [docs/figures/default_method.svg]

In black and grey, as `swap_figure.py`: methods differ by marker, since colours mark modalities.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from findings.default_method import CHOSEN, CSV
from modgap.plots.files import save
from modgap.plots.style import palette

TYPE = 11  # points
LOOKS = {"raw": "x", "standardized": "D", "gr_clip+standardized": "^", CHOSEN: "o"}


def by_set(path: Path) -> dict[str, dict[str, float]]:
    """[method][set], the mean of NDCG@10 over the cells of a set."""
    cells: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            cells[row["method"]][row["set"]].append(float(row["NDCG@10"]))
    return {method: {of: float(np.mean(values)) for of, values in sets.items()} for method, sets in cells.items()}


def write_default_figure(path: Path) -> None:
    """Write .svg or .png: a line for each set, a marker for each method."""
    means, colours = by_set(CSV), palette("light")
    sets = [*means[CHOSEN]][::-1]
    with rc_context({"svg.hashsalt": "default", "svg.fonttype": "none"}):
        figure = Figure(figsize=(7.2, 3.8), dpi=150, layout="constrained", facecolor=colours.paper)
        axes = figure.subplots()
        for method, marker in LOOKS.items():
            heavy = method == CHOSEN
            axes.plot(
                [means[method][of] for of in sets],
                range(len(sets)),
                linestyle="none",
                marker=marker,
                markersize=9 if heavy else 7,
                color=colours.ink if heavy else colours.soft,
                markerfacecolor=colours.ink if heavy else colours.paper,
                label=method,
            )
        axes.set_yticks(range(len(sets)), sets)
        axes.set_xlim(-0.02, 1.0)
        axes.set_xlabel("NDCG@10, mean over regimes and ways of learning", fontsize=TYPE, color=colours.soft)
        axes.tick_params(labelsize=TYPE - 1, colors=colours.soft, length=0)
        axes.yaxis.grid(True, color=colours.rule, linewidth=0.8)
        axes.set_axisbelow(True)
        for side, spine in axes.spines.items():
            spine.set_visible(side == "bottom")
            spine.set_color(colours.rule)
        axes.legend(loc="upper center", bbox_to_anchor=(0.45, 1.14), ncols=4, frameon=False, fontsize=TYPE - 1)
        save(figure, path)


if __name__ == "__main__":
    write_default_figure(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/figures/default_method.svg"))
