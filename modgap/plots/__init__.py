"""What figures show, as plain arrays: each face draws them its own way."""

from modgap.plots.densities import Densities, ScoreDensities, score_densities

__all__ = ["Densities", "ScoreDensities", "score_densities"]
