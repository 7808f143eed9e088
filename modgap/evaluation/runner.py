"""Run methods over labelled queries of a collection and measure them by target modality."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from modgap.calibration.fit import fit_method
from modgap.calibration.queries import encode_queries
from modgap.corpus import Queries, Query
from modgap.errors import CalibrationError, CorpusError, EngineError, VectorError
from modgap.evaluation.calibration_split import CalibrationSplit, LearnFrom, split_queries
from modgap.evaluation.caption_route import CAPTION_ROUTE, by_captions, route_notes
from modgap.evaluation.fused_routes import FUSED_ROUTES
from modgap.evaluation.result_cache import ResultCache, entry_name
from modgap.evaluation.results import Evaluation, Values
from modgap.io.extras import require_extra
from modgap.items import Modality
from modgap.methods import SHIPPED, Method, Raw, method_by_name
from modgap.metrics.retrieval import DEPTH, retrieval_metrics
from modgap.progress import Progress, silent
from modgap.search.collection import Collection
from modgap.search.ranker import Ranker
from modgap.vectors import Vectors

DEFAULT_METHODS = tuple(SHIPPED)


def evaluate(
    collection: Collection,
    queries: Queries,
    methods: Sequence[str] = DEFAULT_METHODS,
    *,
    learn_from: LearnFrom = "same",
    seed: int = 0,
    result_cache: ResultCache | None = None,
    finished: Callable[[str, Values], None] = lambda method, values: None,
    progress: Progress = silent,
) -> Evaluation:
    """Rank the collection for every labelled query by every method.

    methods: names and stacks of `modgap.methods`, "caption_route", and for items that are a picture and a text at once
        "picture_only", "text_only" and "average_embedding" (`fused_routes`).
    learn_from: what the methods are fitted on, never with labels: see `calibration_split`. The oracle sees labels:
        those of the evaluated queries, or of the other half when they are held out. Words and pictures as queries are
        fitted apart.
    seed: of held-out halves. result_cache: where finished methods are kept and found again. finished: called after each
        method.
    A method that cannot be fitted is left out with a note; queries without labels are left out and counted.
    Raises ModgapError for an unknown method or where the extra `evaluation` is missing, CorpusError when no query is
    labelled with an item of the corpus.
    """
    require_extra("evaluation")
    names = list(dict.fromkeys(methods))
    routes = {CAPTION_ROUTE: by_captions, **FUSED_ROUTES}
    chosen = {name: Raw() if name in routes else method_by_name(name, collection.normalisers) for name in names}
    collection.look_up({name for query in queries.queries for name in query.relevant})
    notes = _label_notes(collection, queries)
    labelled = _labelled(queries, collection, notes)
    split = split_queries(collection, learn_from, seed=seed)
    if CAPTION_ROUTE in names:
        notes += route_notes(collection)
    values: dict[str, Values] = {}
    for done, (name, method) in enumerate(chosen.items(), start=1):
        kept = _entry(name, collection, labelled, split) if result_cache is not None else ""
        found = result_cache.read(kept, len(labelled.queries)) if result_cache is not None else None
        if found is None:
            try:
                searched = routes[name](collection) if name in routes else collection
                rankings = _rankings(method, searched, labelled, split)
            except (CalibrationError, EngineError) as error:
                notes.append(f"{name} was left out. {error}")
                continue
            found = retrieval_metrics(rankings, [query.relevant for query in labelled.queries])
            if result_cache is not None:
                result_cache.write(kept, found)
        values[name] = found
        finished(name, found)
        progress("Evaluating methods", done, len(chosen))
    wanted = np.asarray([_target(collection, query) for query in labelled.queries])
    notes += result_cache.notes if result_cache is not None else []
    return Evaluation(values, wanted, split.described, notes, collection.model, collection.groups)


class _Labelled:
    """The labelled queries: vectors (n, d) and modality (n,)."""

    def __init__(self, queries: list[Query], vectors: Vectors, modality: NDArray[np.str_]) -> None:
        self.queries = queries
        self.vectors = vectors
        self.modality = modality


def _labelled(queries: Queries, collection: Collection, notes: list[str]) -> _Labelled:
    """The queries with a label; those whose pictures cannot be read are left out, with a note."""
    rows = [row for row, query in enumerate(queries.queries) if query.relevant]
    kept_queries, modality = [queries.queries[row] for row in rows], queries.modality[rows]
    given = queries.vectors[rows] if queries.vectors is not None else None
    unreadable: list[int] = []
    vectors = encode_queries(Queries(kept_queries, modality, given), collection.encoder, unreadable=unreadable)
    if vectors.shape[1] != collection.dimension:
        raise VectorError(f"The queries have {vectors.shape[1]} dimensions and the corpus {collection.dimension}.")
    if unreadable:
        first = kept_queries[unreadable[0]].image
        notes.append(f'{len(unreadable)} query pictures cannot be read and were left out (first: "{first}").')
    kept = np.setdiff1d(np.arange(len(kept_queries)), unreadable)
    if not kept.size:
        raise CorpusError(f"No query can be measured. {notes[-1]}")
    return _Labelled([kept_queries[row] for row in kept], vectors[kept], modality[kept])


def _rankings(method: Method, collection: Collection, labelled: _Labelled, split: CalibrationSplit) -> list[list[str]]:
    """Ids of the best `DEPTH` items for each query; words and pictures as queries are fitted apart."""
    rankings: list[list[str]] = [[] for _ in labelled.queries]
    for each in Modality:
        rows = np.flatnonzero(labelled.modality == each.value)
        for learnt, measured in split.folds(rows) if rows.size else ():
            if each in split.others and not method.needs_labels:
                fit_method(method, collection.engine, split.others[each], each)
            else:
                method.fit_engine(
                    labelled.vectors[learnt],
                    collection.engine,
                    query_modality=each.value,
                    positives=_positives(collection, labelled, learnt) if method.needs_labels else None,
                )
            ranker = Ranker.for_engine(method, collection.engine, collection.fusion_of_items)
            for query, ranking in zip(measured, ranker.rank(labelled.vectors[measured], DEPTH), strict=True):
                shown = [collection.items[row] for row in ranking.rows]
                rankings[query] = [item.parent or item.id for item in shown]
    return rankings


def _positives(collection: Collection, labelled: _Labelled, rows: NDArray[np.intp]) -> list[list[int]]:
    """The relevant rows of each query; ids that are not in the corpus are in the notes."""
    row_of = collection.row_of
    return [[row_of[name] for name in labelled.queries[int(q)].relevant if name in row_of] for q in rows]


def _entry(name: str, collection: Collection, labelled: _Labelled, split: CalibrationSplit) -> str:
    """What the numbers of a method depend on, as the name of its entry in the result cache."""
    arrays = [each.vectors for each in split.others.values()]
    weights = list(collection.normalisers.arrays().values()) if collection.normalisers is not None else []
    labels = [query.relevant for query in labelled.queries]
    ids = [item.id for item in collection.items]
    captions = [item.caption for item in collection.items] if name == CAPTION_ROUTE else []
    groups = [collection.item_groups.tolist(), labelled.modality.tolist()]
    parents = [[item.parent for item in collection.items], collection.fusion] if collection.fused is not None else []
    settings = [*parents, name, collection.model, split.described, labels, ids, groups, captions, version("modgap")]
    return entry_name(name, [collection.vectors, labelled.vectors, *arrays, *weights, *settings])


def _target(collection: Collection, query: Query) -> str:
    found = [collection.items[collection.row_of[i]] for i in query.relevant if i in collection.row_of]
    if collection.fused is not None and query.target and any(item.parent for item in found):
        return query.target if query.target in (*collection.groups, "both") else "both"
    groups = {item.group for item in found}
    if len(groups) == 1:
        return groups.pop()
    two = set(collection.groups) <= {m.value for m in Modality}
    return "none" if not groups else "both" if two else "several"


def _label_notes(collection: Collection, queries: Queries) -> list[str]:
    labelled = [query for query in queries.queries if query.relevant]
    wanted = {item for query in labelled for item in query.relevant}
    unknown = sorted(wanted - collection.row_of.keys())
    if not labelled:
        raise CorpusError('No query is labelled: add "relevant": [item ids] to each, or give --qrels.')
    if len(unknown) == len(wanted):
        raise CorpusError(f'None of the relevant ids is in the corpus (the first is "{unknown[0]}"): do the ids match?')
    notes = list(queries.notes)
    unlabelled, twice = len(queries) - len(labelled), len(queries) - len({query.id for query in queries.queries})
    if unlabelled:
        notes.append(f"{unlabelled} queries have no label and were left out.")
    if twice:
        notes.append(f"{twice} queries have the id of another; each was measured with its own label.")
    if unknown:
        notes.append(f'{len(unknown)} relevant ids are not in the corpus and count as missed (first: "{unknown[0]}").')
    return notes
