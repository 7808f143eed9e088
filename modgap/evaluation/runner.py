"""Run methods over labelled queries of a collection and measure them by target modality."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from modgap.calibration_queries import (
    CalibrationQueries,
    GivenQueries,
    automatic_picture_queries,
    automatic_text_queries,
    encode_queries,
    given_queries,
)
from modgap.collection import Collection, fit_on
from modgap.corpus import Queries, Query
from modgap.errors import CalibrationError, CorpusError, VectorError
from modgap.items import Modality
from modgap.methods import METHODS, Method, method_by_name
from modgap.metrics.retrieval import DEPTH, METRICS, retrieval_metrics
from modgap.progress import Progress, silent
from modgap.ranking import Ranker
from modgap.vectors import Vectors

DEFAULT_METHODS = tuple(METHODS)
TARGETS = ("all", "image", "text")
LearnFrom = GivenQueries | dict[Modality, CalibrationQueries] | Literal["same", "automatic"]


@dataclass(frozen=True)
class Evaluation:
    """Mean metrics: methods[method][target][metric], target one of "all", "image", "text".

    queries: how many were measured. targets: how many of them want pictures, passages or both; "both" counts in
    "all" only. calibration_queries: which queries the methods learnt from. notes: what was left out and why.
    """

    queries: int
    targets: dict[str, int]
    calibration_queries: str
    methods: dict[str, dict[str, dict[str, float]]]
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, metrics rounded to 6 digits."""
        rounded = {
            method: {target: {m: round(v, 6) for m, v in row.items()} for target, row in by_target.items()}
            for method, by_target in self.methods.items()
        }
        return {
            "queries": self.queries,
            "targets": self.targets,
            "calibration_queries": self.calibration_queries,
            "methods": rounded,
            "notes": self.notes,
        }


def evaluate(
    collection: Collection,
    queries: Queries,
    methods: Sequence[str] = DEFAULT_METHODS,
    *,
    learn_from: LearnFrom = "same",
    progress: Progress = silent,
) -> Evaluation:
    """Rank the collection for every labelled query by every method.

    learn_from: what the methods are fitted on: the evaluated queries without their labels ("same"), the queries that
    `Collection.calibrate` would choose ("automatic"), or other queries. The oracle always sees the evaluated
    queries with their labels. Words and pictures as queries are fitted apart.
    A method that cannot be fitted is left out with a note; queries without labels are left out and counted.
    Raises ModgapError for an unknown method, CorpusError when no query is labelled with an item of the corpus.
    """
    chosen = [method_by_name(name, collection.normalisers) for name in dict.fromkeys(methods)]
    rows = [row for row, query in enumerate(queries.queries) if query.relevant]
    labelled = [queries.queries[row] for row in rows]
    notes = _label_notes(collection, labelled, unlabelled=len(queries) - len(rows))
    vectors = encode_queries(queries, collection.encoder)[rows]
    if vectors.shape[1] != collection.dimension:
        raise VectorError(f"The queries have {vectors.shape[1]} dimensions and the corpus {collection.dimension}.")
    modality = queries.modality[rows]
    target = np.asarray([_target(collection, query) for query in labelled])
    learning, described = _learning_queries(collection, learn_from)
    results = {}
    for done, method in enumerate(chosen, start=1):
        try:
            rankings = _rankings(method, collection, vectors, modality, labelled, learning)
        except CalibrationError as error:
            notes.append(f"{method.name} was left out. {error}")
            continue
        values = retrieval_metrics(rankings, [query.relevant for query in labelled])
        results[method.name] = {name: _means(values, _members(target, name)) for name in TARGETS}
        progress("Evaluating methods", done, len(chosen))
    counts = {name: int((target == name).sum()) for name in ("image", "text", "both")}
    return Evaluation(len(labelled), counts, described, results, notes)


def _rankings(
    method: Method,
    collection: Collection,
    vectors: Vectors,
    modality: NDArray[np.str_],
    queries: Sequence[Query],
    learning: dict[Modality, CalibrationQueries],
) -> list[list[str]]:
    """Ids of the best `DEPTH` items for each query; words and pictures as queries are fitted apart."""
    rankings: list[list[str]] = [[] for _ in queries]
    for each in Modality:
        asked = np.flatnonzero(modality == each.value)
        if not asked.size:
            continue
        if each in learning and not method.needs_labels:
            fit_on(method, collection, each, learning[each])
        else:
            method.fit(
                vectors[asked],
                collection.vectors,
                collection.modality,
                query_modality=each.value,
                positives=_positives(collection, queries, asked) if method.needs_labels else None,
            )
        ranker = Ranker(method, collection.index_for(method), collection.modality)
        for query, (_, best) in zip(asked, ranker.rank(vectors[asked], DEPTH), strict=True):
            rankings[query] = [collection.items[row].id for row in best]
    return rankings


def _positives(collection: Collection, queries: Sequence[Query], asked: NDArray[np.intp]) -> list[list[int]]:
    """The relevant rows of each query; ids that are not in the corpus are in the notes."""
    row_of = collection.row_of
    return [[row_of[name] for name in queries[int(q)].relevant if name in row_of] for q in asked]


def _learning_queries(collection: Collection, learn_from: LearnFrom) -> tuple[dict[Modality, CalibrationQueries], str]:
    """Queries to fit on by modality (none: the evaluated ones), and what to call them in the report."""
    if isinstance(learn_from, str):
        if learn_from == "same":
            return {}, "same (the evaluated queries, without their labels)"
        text = automatic_text_queries(collection.items, collection.vectors, collection.encoder)
        pictures = automatic_picture_queries(collection.items, collection.vectors)
        return {Modality.TEXT: text, Modality.IMAGE: pictures}, f"automatic ({text.origin.description})"
    if isinstance(learn_from, dict):
        given = learn_from
    else:
        given = given_queries(learn_from, collection.encoder, collection.dimension)
    return given, f"given ({', '.join(f'{asked.origin.count} {m.value}' for m, asked in given.items())})"


def _target(collection: Collection, query: Query) -> str:
    kinds = {collection.items[collection.row_of[i]].modality for i in query.relevant if i in collection.row_of}
    return kinds.pop().value if len(kinds) == 1 else "both" if kinds else "none"


def _members(target: NDArray[np.str_], name: str) -> NDArray[np.bool_]:
    return np.ones(target.size, dtype=bool) if name == "all" else target == name


def _means(values: dict[str, NDArray[np.float64]], members: NDArray[np.bool_]) -> dict[str, float]:
    return {name: float(values[name][members].mean()) for name in METRICS} if members.any() else {}


def _label_notes(collection: Collection, labelled: Sequence[Query], *, unlabelled: int) -> list[str]:
    wanted = {item for query in labelled for item in query.relevant}
    unknown = sorted(wanted - collection.row_of.keys())
    if not labelled:
        raise CorpusError('No query is labelled: add "relevant": [item ids] to each, or give --qrels.')
    if len(unknown) == len(wanted):
        raise CorpusError(f'None of the relevant ids is in the corpus (the first is "{unknown[0]}"): do the ids match?')
    notes = []
    if unlabelled:
        notes.append(f"{unlabelled} queries have no label and were left out.")
    if unknown:
        notes.append(f'{len(unknown)} relevant ids are not in the corpus and count as missed (first: "{unknown[0]}").')
    return notes
