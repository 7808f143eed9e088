"""Calibration: fit score statistics from queries without labels, keep them as one artefact, check and merge them."""

from modgap.calibration.artefact import Calibration
from modgap.calibration.document import FIT_THRESHOLD
from modgap.calibration.merge import QuerySource
from modgap.calibration.score_statistics import ScoreStatistics

__all__ = ["FIT_THRESHOLD", "Calibration", "QuerySource", "ScoreStatistics"]
