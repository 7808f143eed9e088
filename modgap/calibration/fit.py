"""Fit a calibration: find the pseudo-positives of its queries, and take their statistics.

queries -> best items of each group -> score statistics, means, no-match test -> `Calibration`
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from modgap.calibration.artefact import Calibration, now
from modgap.calibration.no_good_match import NoMatchTest, nonsense_queries
from modgap.calibration.queries import (
    CalibrationQueries,
    automatic_picture_queries,
    excludes_copies,
    query_bank,
)
from modgap.calibration.score_statistics import ScoreStatistics
from modgap.encoders import Encoder
from modgap.encoders.precision import FLOAT32
from modgap.engines.base import Engine, top_k_by_group
from modgap.errors import CalibrationError, EngineError
from modgap.items import Item, Modality
from modgap.methods import FitData, I0TAsync, Method
from modgap.methods.centroids import mean_vector
from modgap.methods.i0t import Normalisers
from modgap.methods.pseudo_positives import (
    BestItems,
    find_pseudo_positives,
    pseudo_positive_scores,
    require_two_groups,
)
from modgap.progress import Progress, silent
from modgap.vectors import Vectors

QuerySets = dict[Modality, CalibrationQueries]
_EVERY_OTHER = 2  # of the bank: 160 meaningless queries are enough for a percentile


def fit_calibration(
    items: Sequence[Item],
    engine: Engine,
    queries: QuerySets,
    *,
    model: str,
    counts: Mapping[str, int],
    fingerprint: str,
    fit_threshold: float,
    encoder: Encoder | None = None,
    normalisers: Normalisers | None = None,
    k: int = 1,
    ddof: int = 0,
    progress: Progress = silent,
) -> tuple[Calibration, QuerySets]:
    """The calibration of a corpus, and the queries behind it.

    items, engine: the corpus. queries: by modality; where no picture is among them, the corpus's own pictures serve.
    encoder: encodes the meaningless queries of the no-match test; None: there is no such test.
    For the other parameters see `Collection.calibrate` and `Calibration`.
    Raises CalibrationError for fewer than 2 queries or a corpus of one group, naming the cause.
    """
    require_two_groups(counts)
    best = {m: best_items(engine, each, m, k=k, progress=progress) for m, each in queries.items()}
    statistics = {m.value: group_statistics(found, k=k, ddof=ddof) for m, found in best.items()}
    sets = dict(queries)
    if Modality.IMAGE not in sets:
        pictures = automatic_picture_queries(items, engine)
        try:
            found = best_items(engine, pictures, Modality.IMAGE, k=k, progress=progress)
            statistics[Modality.IMAGE.value] = group_statistics(found, k=k, ddof=ddof)
            sets[Modality.IMAGE] = pictures
        except CalibrationError:
            pass  # two or three pictures cannot calibrate search by picture; search by words still works
    means = mean_vectors(engine, sets)
    test = None
    if encoder is not None and Modality.TEXT in best and all(group in means for group in engine.groups):
        test = fit_no_match_test(engine, sets[Modality.TEXT], best[Modality.TEXT], means, encoder)
    after = {}
    if normalisers is not None:
        with contextlib.suppress(EngineError):  # vectors that lie elsewhere cannot be moved
            moved = moved_statistics(I0TAsync(normalisers), engine, sets, k=k, ddof=ddof, progress=progress)
            after[I0TAsync.name] = moved
    calibration = Calibration(
        model=model,
        dimension=engine.dimension,
        counts=dict(counts),
        fingerprint=fingerprint,
        created=now(),
        parameters={"k": k, "ddof": ddof},
        queries={m.value: each.origin for m, each in sets.items()},
        statistics=statistics,
        fit_threshold=fit_threshold,
        evidence=test,
        after=after,
        group_modality={g: m for g, m in engine.group_modality.items() if g not in [each.value for each in Modality]},
        precision=encoder.precision if encoder is not None and encoder.loaded else FLOAT32,
        means=means,
        normalisers=normalisers,
    )
    return calibration, sets


def fit_data(engine: Engine, queries: CalibrationQueries, query_modality: Modality) -> FitData:
    """Calibration queries and the items of an engine, as methods learn from them."""
    return FitData(
        queries.vectors,
        engine,
        query_modality.value,
        exclude=queries.exclude,
        exclude_same=excludes_copies(query_modality, queries),
    )


def fit_method(method: Method, engine: Engine, queries: CalibrationQueries, query_modality: Modality) -> None:
    """Fit a method on calibration queries of one modality and the items of an engine."""
    data = fit_data(engine, queries, query_modality)
    method.fit_engine(
        data.queries,
        engine,
        query_modality=data.query_modality,
        exclude=data.exclude,
        exclude_same=data.exclude_same,
    )


def best_items(
    engine: Engine, queries: CalibrationQueries, query_modality: Modality, *, k: int = 1, progress: Progress = silent
) -> BestItems:
    """The k pseudo-positives of each query by group. Raises CalibrationError for a corpus of one group."""
    return find_pseudo_positives(fit_data(engine, queries, query_modality), k=k, progress=progress)


def group_statistics(best: BestItems, *, k: int = 1, ddof: int = 0) -> dict[str, ScoreStatistics]:
    """Statistics of the pseudo-positive scores, by group."""
    scores = pseudo_positive_scores(best, k=k)
    return {group: ScoreStatistics.from_scores(each, group, ddof=ddof) for group, each in scores.items()}


def moved_statistics(
    method: Method, engine: Engine, sets: QuerySets, *, k: int = 1, ddof: int = 0, progress: Progress = silent
) -> dict[str, dict[str, ScoreStatistics]]:
    """Statistics by query modality and group after a method has moved queries and items; without their scores."""
    found = {}
    for query_modality, queries in sets.items():
        method.learn(fit_data(engine, queries, query_modality))
        moved = replace(queries, vectors=method.move_queries(queries.vectors))
        best = best_items(engine.moved(method.move_items), moved, query_modality, k=k, progress=progress)
        statistics = group_statistics(best, k=k, ddof=ddof)
        found[query_modality.value] = {group: replace(each, scores=None) for group, each in statistics.items()}
    return found


def mean_vectors(engine: Engine, sets: QuerySets) -> dict[str, Vectors]:
    """Means (d,) of the items, by group, and of the calibration queries, "query.text" and "query.image".

    Without those of the items where an engine cannot give them.
    """
    queries = {f"query.{m.value}": mean_vector(each.vectors) for m, each in sets.items()}
    try:
        return {**{group: engine.mean(group) for group in engine.groups}, **queries}
    except EngineError:
        return queries


def meaningless_queries() -> list[str]:
    """The queries without meaning that the no-match test is fitted on: of the query bank, with shuffled letters."""
    return nonsense_queries(query_bank()[::_EVERY_OTHER])


def fit_no_match_test(
    engine: Engine, queries: CalibrationQueries, best: BestItems, means: Mapping[str, Vectors], encoder: Encoder
) -> NoMatchTest | None:
    """Fit the no-match test on the query bank with shuffled letters.

    Queries that were allowed no item of some group, such as those made of its only item, are left out; None where
    fewer than 2 are left.
    """
    complete = np.logical_and.reduce([np.isfinite(each.scores[:, 0]) for each in best.values()])
    if complete.sum() < 2:
        return None
    nonsense = encoder.encode_fixed_texts(meaningless_queries())

    best_of_queries = {group: engine.vectors_of(each.rows[complete, 0]) for group, each in best.items()}
    found = top_k_by_group(engine, nonsense, 1)
    best_of_nonsense = {group: engine.vectors_of(each.rows[:, 0]) for group, each in found.items()}
    return NoMatchTest.fit(queries.vectors[complete], best_of_queries, nonsense, best_of_nonsense, means)
