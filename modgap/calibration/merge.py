"""Merge the statistics of several query sets exactly, or add new queries to existing ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from modgap.calibration.score_statistics import ScoreStatistics
from modgap.errors import CalibrationError

StatisticsByGroup = Mapping[str, ScoreStatistics]
"""Statistics by item group, of queries of one modality."""


@dataclass(frozen=True)
class QuerySource:
    """Where the calibration queries of one modality came from: "given", or "automatic" and how they were chosen."""

    kind: str
    count: int
    description: str

    @classmethod
    def merge(cls, sources: Sequence[QuerySource]) -> QuerySource:
        """Several sources as one, each kind and each description named once."""
        kinds = dict.fromkeys(kind for source in sources for kind in source.kind.split(" and "))
        described = dict.fromkeys(part for source in sources for part in source.description.split("; "))
        return cls(" and ".join(kinds), sum(source.count for source in sources), "; ".join(described))


def distinct_sources(sources: Sequence[QuerySource]) -> list[int]:
    """The places of the sources that count: of several automatic ones, which are the same queries, only the first.

    >>> [given, automatic] = QuerySource("given", 9, ""), QuerySource("automatic", 200, "")
    >>> distinct_sources([automatic, given, automatic])
    [0, 1]
    """
    automatic = [place for place, source in enumerate(sources) if source.kind == "automatic"]
    return [place for place in range(len(sources)) if place not in automatic[1:]]


def merge_statistics(parts: Sequence[StatisticsByGroup], *, ddof: int) -> dict[str, ScoreStatistics]:
    """The statistics of parts that different queries of one corpus made, as of one whole."""
    return {group: ScoreStatistics.merge([part[group] for part in parts], group, ddof=ddof) for group in parts[0]}


def add_queries(
    old: StatisticsByGroup, best_scores: Mapping[str, ArrayLike], groups: Sequence[str], *, ddof: int
) -> dict[str, ScoreStatistics]:
    """`old`, which may be empty, with new queries merged into it.

    best_scores: {group: (n_queries,) pseudo-positive scores}. groups: those that statistics are wanted of.
    Raises CalibrationError where a group is missing or new statistics cannot be learnt.
    """
    missing = [group for group in groups if group not in best_scores]
    if missing:
        raise CalibrationError(f"The new queries have no {missing[0]} scores: give the best score of each group.")
    merged = {}
    for group in groups:
        new = np.asarray(best_scores[group], dtype=np.float32).ravel()
        carried = old[group].sample if group in old else np.empty(0, dtype=np.float32)
        if carried is not None:
            merged[group] = ScoreStatistics.from_scores(np.concatenate([carried, new]), group, ddof=ddof)
        else:
            parts = [old[group], ScoreStatistics.from_scores(new, group, ddof=ddof)]
            merged[group] = ScoreStatistics.merge(parts, group, ddof=ddof)
    return merged
