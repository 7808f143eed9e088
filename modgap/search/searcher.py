"""From an encoded query to finished hits: standardizer, quantiles and no-match test are bound once per calibration.

A search makes one top-k a group. A method that moves vectors searches the moved ones, and then words are also compared
with the best items as encoded, for the no-match test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from modgap.calibration import Calibration
from modgap.calibration.fit import fit_method
from modgap.calibration.hit_scores import HitScores
from modgap.calibration.pair_queries import BOTH
from modgap.calibration.queries import CalibrationQueries
from modgap.engines.base import Engine, top_k_by_group
from modgap.items import Hit, Item, Modality, Side
from modgap.methods import DEFAULT_METHOD, Calibrated, Method, method_by_name
from modgap.search.comparison import Comparison, compare_rankings, places_of
from modgap.search.fusion import Fusion
from modgap.search.query import EncodedQuery
from modgap.search.ranker import Ranker
from modgap.search.ranking import Candidates, Ranking
from modgap.vectors import Vectors


class Searcher:
    """Items and an engine over their vectors as encoded, with the calibration that judges hits.

    queries: those that the calibration was made with, by modality; methods that it does not carry learn from them.
    fusion: how rows that make one item are merged, where there are such.
    """

    def __init__(
        self,
        items: Sequence[Item],
        engine: Engine,
        calibration: Calibration | None = None,
        queries: Mapping[Modality, CalibrationQueries] | None = None,
        *,
        fusion: Fusion | None = None,
    ) -> None:
        self._items = items
        self._engine = engine
        self._calibration = calibration
        self._queries = queries or {}
        self._fusion = fusion
        self._rankers: dict[tuple[str, str], Ranker] = {}
        self._hit_scores: dict[str, HitScores] = {}
        if calibration is not None:
            self._hit_scores = {modality: calibration.hit_scores(modality) for modality in calibration.statistics}

    def search(self, query: EncodedQuery, k: int, method: Method) -> list[Hit]:
        """The k best items for a query by a method, which is fitted for the calibration where it needs that."""
        ranker = self._ranker(method, query.modality)
        candidates = ranker.candidates(query.vector[None, :], k, sources=_source(query))
        as_encoded = candidates if ranker.engine is self._engine else None
        ranking = ranker.best(candidates, query.vector[None, :], 0, k, source=query.source)
        return self._hits(query, ranker, ranking, as_encoded)

    def compare(self, query: EncodedQuery, k: int, other: Method | None = None) -> Comparison:
        """Raw and calibrated results from one pass over the items. other: another method to show beside them."""
        rankers = [self._ranker(method_by_name(name), query.modality) for name in ("raw", DEFAULT_METHOD)]
        rankers += [self._ranker(other, query.modality)] if other is not None else []
        depth = max(k, *(each.method.depth for each in rankers if each.engine is self._engine))
        source = _source(query)
        shared = rankers[0].candidates(query.vector[None, :], depth, sources=source, keep_all=True)
        lists, shown = [], []
        for ranker in rankers:
            as_encoded = ranker.engine is self._engine
            candidates = shared if as_encoded else ranker.candidates(query.vector[None, :], k, sources=source)
            ranking = ranker.best(candidates, query.vector[None, :], 0, k, source=query.source)
            lists.append(self._hits(query, ranker, ranking, shared))
            shown.append(ranking.rows)
        places = self._places(rankers[1].method, np.unique(np.concatenate(shown)), shared)
        return compare_rankings(lists[0], lists[1], *places, other=lists[2] if other is not None else ())

    def _ranker(self, method: Method, query_modality: str) -> Ranker:
        """The method fitted for queries of one modality, over its engine; kept for later searches."""
        key = (method.name, query_modality)
        if key not in self._rankers:
            self._fit(method, query_modality)
            self._rankers[key] = Ranker.for_engine(method, self._engine, self._fusion)
        return self._rankers[key]

    def _fit(self, method: Method, query_modality: str) -> None:
        """Restore the method from the calibration, or fit it on the queries that the calibration was made with."""
        if not method.needs_fit or self._calibration is None:
            return
        state = self._calibration.fitted_state(query_modality)
        queries = None if query_modality == BOTH else self._queries.get(Modality(query_modality))
        if method.in_artefact or queries is None:
            method.restore(state)
        else:
            fit_method(method, self._engine, queries, Modality(query_modality))

    def _hits(self, query: EncodedQuery, ranker: Ranker, ranking: Ranking, candidates: Candidates | None) -> list[Hit]:
        """The ranking as hits, with z and fit where the calibration knows queries of that modality.

        candidates: of the vectors as encoded, where they were found already.
        """
        as_encoded = ranker.engine is self._engine
        cosines = ranking.scores if as_encoded else self._engine.vectors_of(ranking.rows) @ query.vector
        scores = self._hit_scores.get(query.modality)
        zs: Sequence[float | None] = [None] * ranking.rows.size
        fits, verdicts = zs, zs
        if scores is not None and ranking.rows.size:
            zs = scores.z(cosines, ranking.groups).tolist()
            fits = scores.fit_percentile(cosines, ranking.groups).tolist()
            matched = self._has_match(query, scores, candidates)
            verdicts = [matched and fit >= scores.fit_threshold for fit in fits if fit is not None]
        sides = self._sides(query, ranking.rows, scores) if self._fusion is not None else [()] * ranking.rows.size
        hits = []
        for rank, row in enumerate(ranking.rows.tolist(), start=1):
            item, at = self._items[row], rank - 1
            hits.append(
                Hit(
                    rank,
                    item.parent or item.id,
                    item.modality,
                    float(cosines[at]),
                    z=zs[at],
                    fit=fits[at],
                    value=float(ranking.values[at]),
                    good_match=None if verdicts[at] is None else bool(verdicts[at]),
                    group=item.group,
                    sides=sides[at],
                    item=item,
                )
            )
        return hits

    def _sides(self, query: EncodedQuery, rows: NDArray[np.intp], scores: HitScores | None) -> list[tuple[Side, ...]]:
        """For each row the best row of each group of its item, its own first; () where the item has no other group."""
        assert self._fusion is not None
        items = self._fusion.items
        members = [items.rows_of(int(item)) for item in items.item_of(rows)]
        several = np.asarray([each.size > 1 for each in members])
        if not several.any():
            return [()] * rows.size
        flat = np.unique(np.concatenate([each for each, more in zip(members, several, strict=True) if more]))
        cosine = dict(zip(flat.tolist(), (self._engine.vectors_of(flat) @ query.vector).tolist(), strict=True))
        group = dict(zip(flat.tolist(), self._engine.groups_of(flat).tolist(), strict=True))
        return [
            _sides_of(int(row), each.tolist(), cosine, group, scores) if more else ()
            for row, each, more in zip(rows, members, several, strict=True)
        ]

    def _has_match(self, query: EncodedQuery, scores: HitScores, candidates: Candidates | None) -> bool:
        """False for words that the model cannot read, or that match no better than meaningless words do."""
        if not query.readable:
            return False
        if query.modality != Modality.TEXT.value or query.source >= 0 or not scores.tests_matches:
            return True
        found = candidates if candidates is not None else top_k_by_group(self._engine, query.vector[None, :], 1)
        best: dict[str, Vectors] = {
            group: self._engine.vectors_of(each.rows[0, :1])[0] for group, each in found.items()
        }
        return scores.has_match(query.vector, best)

    def _places(
        self, method: Method, rows: NDArray[np.intp], candidates: Candidates
    ) -> tuple[dict[str, int], dict[str, int]]:
        """{id: place} of some rows in the raw ranking of all items and in that of `method`; empty where unknown."""
        if not isinstance(method, Calibrated):
            return {}, {}
        n_items = sum(self._engine.count(group) for group in candidates)
        cosines, values = (np.empty(n_items, dtype=np.float32) for _ in range(2))
        for group, found in candidates.items():
            if found.all_scores is None or found.all_rows is None:
                return {}, {}
            rows_of_group, scores = _as_slice(found.all_rows), found.all_scores[0].astype(np.float64)
            cosines[rows_of_group] = found.all_scores[0]
            offset = method.offsets(found.scores[0][np.isfinite(found.scores[0])], group)
            values[rows_of_group] = (scores - offset) / method.std_[group]  # as float32, as hits are: equals stay equal
        shown = [self._items[row] for row in rows.tolist()]
        names = [item.parent or item.id for item in shown]
        if self._fusion is not None:
            rows = self._fusion.items.item_of(rows)
            cosines, values = self._fusion.whole(cosines), self._fusion.whole(values)
        raw, calibrated = (dict(zip(names, places_of(rows, each), strict=True)) for each in (cosines, values))
        return raw, calibrated


def _sides_of(
    row: int, members: list[int], cosine: Mapping[int, float], group: Mapping[int, str], scores: HitScores | None
) -> tuple[Side, ...]:
    best = {group[row]: row}
    for each in sorted(members, key=lambda member: -cosine[member]):
        best.setdefault(group[each], each)
    if len(best) < 2:
        return ()
    cosines = np.asarray([cosine[each] for each in best.values()], dtype=np.float32)
    names = np.asarray(list(best))
    zs = fits = [None] * len(best)
    if scores is not None:
        zs, fits = scores.z(cosines, names).tolist(), scores.fit_percentile(cosines, names).tolist()
    return tuple(Side(*each) for each in zip(best, cosines.tolist(), zs, fits, strict=True))


def _as_slice(rows: NDArray[np.intp]) -> NDArray[np.intp] | slice:
    """Ascending rows as a slice where they stand together, which is several times quicker to write to."""
    together = rows.size and rows[-1] - rows[0] + 1 == rows.size
    return slice(int(rows[0]), int(rows[-1]) + 1) if together else rows


def _source(query: EncodedQuery) -> NDArray[np.intp] | None:
    """The row that a query is itself, as engines exclude it; None where it is not an item."""
    return None if query.source < 0 else np.asarray([query.source], dtype=np.intp)
