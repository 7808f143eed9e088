"""Calibrations made of given scores, for tests of what is done with them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from modgap.calibration.artefact import Calibration
from modgap.calibration.merge import QuerySource
from modgap.calibration.score_statistics import ScoreStatistics


def made_of(*, ddof: int = 0, kind: str = "given", **scores: ArrayLike) -> Calibration:
    """A calibration whose text queries have these best scores, by group."""
    n = max(np.size(each) for each in scores.values())
    return Calibration(
        model="toy",
        dimension=3,
        counts=dict.fromkeys(scores, 2),
        fingerprint="0123456789abcdef",
        created="2025-01-01T00:00:00+00:00",
        parameters={"k": 1, "ddof": ddof},
        queries={"text": QuerySource(kind, n, "written for a test")},
        statistics={"text": {g: ScoreStatistics.from_scores(each, g, ddof=ddof) for g, each in scores.items()}},
    )


def without_scores(calibration: Calibration) -> Calibration:
    bare = {m: replace(s, scores=None) for m, s in calibration.statistics["text"].items()}
    return replace(calibration, statistics={"text": bare})
