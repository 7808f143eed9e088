"""What calibration changes on a corpus, in one sentence, with no labels: how many queries show a picture at all.

    before = share of queries with an item of the group among their first k by cosine
    after  = the same by the calibrated score, with Wilson's 95 % interval

It says what people will see, not whether it is right: that takes labels (`modgap.evaluation`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from modgap.calibration import Calibration
from modgap.calibration.queries import CalibrationQueries
from modgap.engines.base import Engine
from modgap.items import Modality, group_counted, group_plural
from modgap.methods import DEFAULT_METHOD, method_by_name
from modgap.metrics.sample_statistics import Interval, wilson_interval
from modgap.search.fusion import Fusion
from modgap.search.ranker import Ranker

MOST_QUERIES = 200  # an interval of ±7 points at worst
FIRST = 10  # results that people look at


@dataclass(frozen=True)
class Gain:
    """queries: how many were asked. group: the one that raw cosine shows least. k: results looked at.

    before, after: queries with an item of the group among the first k, raw and calibrated.
    interval: of the share after.
    places: of the first k, calibrated, that the group has on average.
    """

    queries: int
    group: str
    k: int
    before: int
    after: int
    interval: Interval
    places: float

    @property
    def sentence(self) -> str:
        """For people who decide.

        >>> gain = Gain(200, "image", 10, 0, 124, Interval(0.551, 0.686), 2.43)
        >>> print(gain.sentence)  # doctest: +NORMALIZE_WHITESPACE
        Of 200 queries, 62 % now show a picture among the first 10 (55 to 69 %), by raw cosine none; 2.4 of the 10 are
        pictures.
        """
        now, low, high = (100 * share for share in (self.after / self.queries, self.interval.low, self.interval.high))
        raw = f"{100 * self.before / self.queries:.0f} %" if self.before else "none"
        return (
            f"Of {self.queries:,} queries, {now:.0f} % now show {_one_of(self.group)} among the first {self.k} "
            f"({low:.0f} to {high:.0f} %), by raw cosine {raw}; {self.places:.1f} of the {self.k} are "
            f"{group_plural(self.group)}."
        )


def measure_gain(
    engine: Engine,
    calibration: Calibration,
    queries: Mapping[Modality, CalibrationQueries],
    *,
    fusion: Fusion | None = None,
    k: int = FIRST,
) -> Gain | None:
    """The gain over at most `MOST_QUERIES` text queries, evenly drawn from those that calibrated.

    None where there is no such thing: one group alone, or no queries in words. One pass over the items serves both
    rankings.
    """
    asked = queries.get(Modality.TEXT)
    statistics = calibration.statistics.get(Modality.TEXT.value, {})
    if asked is None or len(statistics) < 2 or not len(asked.vectors):
        return None
    group = min(statistics, key=lambda each: statistics[each].mean)
    chosen = np.unique(np.linspace(0, len(asked.vectors) - 1, MOST_QUERIES).astype(int))
    vectors, sources = asked.vectors[chosen], asked.sources[chosen]
    calibrated = method_by_name(DEFAULT_METHOD)
    calibrated.restore(calibration.fitted_state(Modality.TEXT.value))
    rankers = [Ranker(method, engine, fusion) for method in (method_by_name("raw"), calibrated)]
    depth = max(k, calibrated.depth)
    candidates = rankers[0].candidates(vectors, depth, sources=sources)
    raw, now = (
        [
            int((ranker.best(candidates, vectors, query, k, source=int(sources[query])).groups == group).sum())
            for query in range(len(chosen))
        ]
        for ranker in rankers
    )
    before, after = (sum(places > 0 for places in each) for each in (raw, now))
    interval = wilson_interval(after, len(chosen))
    return Gain(len(chosen), group, k, before, after, interval, float(np.mean(now)))


def _one_of(group: str) -> str:
    """A thing of the group, with its article."""
    return f"a {group_counted(group, 1)}" if group_plural(group) in ("pictures", "passages") else f'one of "{group}"'
