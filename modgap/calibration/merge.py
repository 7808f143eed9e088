"""How what several sets of queries taught becomes one: parts merged exactly, later queries folded in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from modgap.calibration.score_statistics import ScoreStatistics
from modgap.errors import CalibrationError
from modgap.items import Modality

ByItem = Mapping[str, ScoreStatistics]
"""Statistics by item modality, of queries of one modality."""


@dataclass(frozen=True)
class QuerySource:
    """Where the calibration queries of one modality came from: "given", or "automatic" and how they were chosen."""

    kind: str
    count: int
    description: str

    @classmethod
    def joined(cls, sources: Sequence[QuerySource]) -> QuerySource:
        """Several sources as one, each kind and each description named once."""
        kinds = dict.fromkeys(kind for source in sources for kind in source.kind.split(" and "))
        described = dict.fromkeys(part for source in sources for part in source.description.split("; "))
        return cls(" and ".join(kinds), sum(source.count for source in sources), "; ".join(described))


def automatic_once(sources: Sequence[QuerySource]) -> list[int]:
    """The places of the sources that count: of several automatic ones, which are the same queries, only the first.

    >>> [given, automatic] = QuerySource("given", 9, ""), QuerySource("automatic", 200, "")
    >>> automatic_once([automatic, given, automatic])
    [0, 1]
    """
    automatic = [place for place, source in enumerate(sources) if source.kind == "automatic"]
    return [place for place in range(len(sources)) if place not in automatic[1:]]


def merged(parts: Sequence[ByItem], *, ddof: int) -> dict[str, ScoreStatistics]:
    """The statistics of parts that different queries made, as of one whole."""
    return {m.value: ScoreStatistics.joined([part[m.value] for part in parts], m, ddof=ddof) for m in Modality}


def updated(old: ByItem, best_scores: Mapping[str, ArrayLike], *, ddof: int) -> dict[str, ScoreStatistics]:
    """`old`, which may be empty, with new queries folded in.

    best_scores: {item modality: (n_queries,) pseudo-positive scores}.
    Raises CalibrationError where a modality is missing or new statistics cannot be learnt.
    """
    missing = [m.value for m in Modality if m.value not in best_scores]
    if missing:
        raise CalibrationError(f"The new queries have no {missing[0]} scores: give the best score of each modality.")
    joined = {}
    for m in Modality:
        new = np.asarray(best_scores[m.value], dtype=np.float32).ravel()
        carried = old[m.value].sample if m.value in old else np.empty(0, dtype=np.float32)
        if carried is not None:
            joined[m.value] = ScoreStatistics.of(np.concatenate([carried, new]), m, ddof=ddof)
        else:
            parts = [old[m.value], ScoreStatistics.of(new, m, ddof=ddof)]
            joined[m.value] = ScoreStatistics.joined(parts, m, ddof=ddof)
    return joined
