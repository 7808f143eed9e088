"""Figures of reports, slides and `--plot`, and the arrays that they show, for the app, which draws its own.

matplotlib is imported when a figure is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from modgap.plots.densities import Densities, ScoreDensities, score_densities
from modgap.plots.files import figure_path, save

if TYPE_CHECKING:
    from modgap.plots.best_scores import density_figure as density_figure
    from modgap.plots.convergence import convergence_figure as convergence_figure
    from modgap.plots.plane import gap_map as gap_map
    from modgap.plots.share_and_recall import share_and_recall_figure as share_and_recall_figure

_HOME_OF = {
    "convergence_figure": "modgap.plots.convergence",
    "density_figure": "modgap.plots.best_scores",
    "gap_map": "modgap.plots.plane",
    "share_and_recall_figure": "modgap.plots.share_and_recall",
}

__all__ = [*_HOME_OF, "Densities", "ScoreDensities", "figure_path", "save", "score_densities"]  # noqa: PLE0604 - the keys are names


def __getattr__(name: str) -> Any:
    if name in _HOME_OF:
        return getattr(importlib.import_module(_HOME_OF[name]), name)
    raise AttributeError(f"module 'modgap.plots' has no attribute '{name}'")
