"""Base of the scoring methods: a method learns from queries and items, then scores queries against items.

A method may move vectors (`move_queries`, `move_items`), change scores (`transform`), or both:

    score(q, d) = transform(<move_queries(q), move_items(d)>)

`transform` keeps the order inside a group, so the best k of the union are always among the best k inner products
of each group, and search is one top-k per group and a merge for every method there is. A method declares what it
needs, what it changes and what it keeps; search, evaluation and the app read that and never look at its name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from modgap.engines.base import Engine
from modgap.engines.exact import ExactEngine
from modgap.errors import CalibrationError, VectorError
from modgap.items import Modality, ordered_groups
from modgap.methods.i0t import Normalisers
from modgap.vectors import Vectors, group_array, unit_vectors

Scores = NDArray[np.float32]
Needs = Literal["nothing", "scores", "vectors", "labels"]
Changes = Literal["nothing", "scores", "vectors"]
M = TypeVar("M", bound="Method")


@dataclass(frozen=True)
class FitData:
    """The checked input of a fit.

    queries: (n_queries, d) unit rows. engine: over the items. query_modality: "text" or "image", of all queries.
    positives: relevant rows of each query. exclude, exclude_same: what each query is not compared with, as
        `Engine.top_k` takes it: the row that it was made of, or all rows of its document; and its exact copies.
    """

    queries: Vectors
    engine: Engine
    query_modality: str = Modality.TEXT.value
    positives: Sequence[Sequence[int]] | None = None
    exclude: NDArray[np.intp] | None = None
    exclude_same: bool = False


@dataclass(frozen=True)
class FittedState:
    """The part of a calibration file for queries of one modality, from which some methods are restored.

    mean, std, low, high: of the pseudo-positive scores (cosine), by item group. counts: items by group.
    group_modality: which tower encodes each group. means: mean vector (d,) of each group; may be empty.
    query_mean: of the calibration queries (d,), where the file has it.
    normalisers: the trained ones of I0T_async, where the calibration was given any.
    after: the same as learnt from vectors that a method has moved, by that method's name.
    """

    query_modality: str
    counts: dict[str, int]
    group_modality: Mapping[str, str]
    mean: dict[str, float]
    std: dict[str, float]
    low: dict[str, float]
    high: dict[str, float]
    means: Mapping[str, Vectors] = field(default_factory=dict)
    query_mean: Vectors | None = None
    normalisers: Normalisers | None = None
    after: Mapping[str, FittedState] = field(default_factory=dict)


class Method:
    """Base of the scoring methods; as it stands, cosine and nothing else.

    name: how the method is called on the command line and in reports. title: in a sentence or a table.
    value_name: what its scores are, in a few words: the heading of their column.
    needs: what it learns from: "nothing"; pseudo-positive "scores"; "vectors" of queries and items; "labels".
    changes: "vectors", "scores", or "nothing".
    keeps_order: the order inside one group is that of the raw cosine.
    depth: `transform` looks at each query's `depth` best items of a group (0: at no list), so the scores that it
        is given must hold them.
    in_artefact: every calibration file carries all that it learnt, for `restore`.
    formula, source, cost: for the table of methods; s is the cosine, and cost is what a query costs.
    """

    name: str
    title: str
    value_name: str = "cosine"
    needs: Needs = "nothing"
    changes: Changes = "nothing"
    keeps_order: bool = True
    depth: int = 0
    in_artefact: bool = False
    formula: str = ""
    source: str = ""
    cost: str = "one top-k a group"

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.name}, needs {self.needs}>"

    @property
    def needs_fit(self) -> bool:
        """`fit` or `restore` must have run before the method can score."""
        return self.needs != "nothing"

    @property
    def needs_labels(self) -> bool:
        """`fit` must be given the relevant items of each query."""
        return self.needs == "labels"

    def fit(
        self: M,
        query_vectors: ArrayLike,
        item_vectors: ArrayLike,
        item_groups: Sequence[str] | NDArray[np.str_],
        *,
        query_modality: str = Modality.TEXT.value,
        group_modality: Mapping[str, str] | None = None,
        positives: Sequence[Sequence[int]] | None = None,
        exclude: NDArray[np.intp] | None = None,
        exclude_same: bool = False,
    ) -> M:
        """Learn from (n_queries, d) queries and (n_items, d) items of the given groups (n_items,).

        Vectors are scaled to length 1 first. group_modality: {group: "text" or "image"}; "image" is pictures and every
        other group texts if left out. For the other parameters see `FitData`.
        Raises VectorError for vectors that are zero or not finite, CalibrationError for input that cannot be learnt:
        different widths, too few queries, a group without items, scores without spread, labels of no item.
        """
        items = unit_vectors(item_vectors, what="item vectors")
        groups = group_array(item_groups, n=items.shape[0], what="item_groups")
        return self.fit_engine(
            query_vectors,
            ExactEngine(items, groups, group_modality=group_modality),
            query_modality=query_modality,
            positives=positives,
            exclude=exclude,
            exclude_same=exclude_same,
        )

    def fit_engine(
        self: M,
        query_vectors: ArrayLike,
        engine: Engine,
        *,
        query_modality: str = Modality.TEXT.value,
        positives: Sequence[Sequence[int]] | None = None,
        exclude: NDArray[np.intp] | None = None,
        exclude_same: bool = False,
    ) -> M:
        """Learn from (n_queries, d) queries and the items of an engine. Raises as `fit` does, and EngineError."""
        queries = unit_vectors(query_vectors, what="query vectors")
        if queries.shape[1] != engine.dimension:
            raise CalibrationError(
                f"Queries have {queries.shape[1]} dimensions and items {engine.dimension}: encode both with one model."
            )
        n_items = sum(engine.count(group) for group in engine.groups)
        _check_positives(positives, n_queries=queries.shape[0], n_items=n_items)
        self.learn(FitData(queries, engine, query_modality, positives, exclude, exclude_same))
        return self

    def learn(self, data: FitData) -> None:
        """The fit itself, on checked data; a stack calls it with vectors that an earlier method has moved."""

    def carried_by(self, state: FittedState) -> bool:
        """May `restore` be called with this calibration?"""
        return self.in_artefact

    def restore(self, state: FittedState) -> None:
        """Take the values that `fit` would learn from a file. Raises CalibrationError if the file lacks them."""
        if self.needs_fit:
            raise CalibrationError(
                f'The method "{self.name}" learns from the calibration queries themselves, which a calibration file '
                f"does not carry: calibrate this corpus again instead of loading a file."
            )

    def move_queries(self, query_vectors: Vectors) -> Vectors:
        """(n_queries, d) -> (n_queries, d'); d' and the lengths are the method's own, the same as for items."""
        return query_vectors

    def move_items(self, item_vectors: Vectors, item_groups: NDArray[np.str_]) -> Vectors:
        """(n_items, d) -> (n_items, d'); any items, also ones that `fit` has not seen."""
        return item_vectors

    def transform(self, scores: ArrayLike, item_groups: Sequence[str] | NDArray[np.str_]) -> Scores:
        """Inner products (..., n_items) -> scores of the same shape, comparable across groups."""
        return check_scores(scores, item_groups)[0]

    def score(self, query_vectors: Vectors, item_vectors: Vectors, item_groups: NDArray[np.str_]) -> Scores:
        """Scores (n_queries, n_items) of every query against every item; higher is better."""
        products = self.move_queries(query_vectors) @ self.move_items(item_vectors, item_groups).T
        return self.transform(products, item_groups)


def expected_groups(present: Sequence[str]) -> tuple[str, ...]:
    """The groups that statistics are wanted of: those present; "text" and "image" both where there are no others.

    >>> expected_groups(["text"]), expected_groups(["text", "licences"])
    (('text', 'image'), ('text', 'licences'))
    """
    two = tuple(m.value for m in Modality)
    return two if set(present) <= set(two) else ordered_groups(present)


def values_by_group(values: Mapping[str, float], item_groups: NDArray[np.str_], name: str) -> NDArray[np.float64]:
    """The value of each item's group, (n_items,).

    Raises CalibrationError naming a group that has none. name: the method, for the message.
    """
    result, found = np.empty(item_groups.shape, dtype=np.float64), 0
    for group, value in values.items():
        members = item_groups == group
        result[members] = value
        found += int(members.sum())
    if found < item_groups.size:
        unknown = sorted(set(np.unique(item_groups).tolist()) - values.keys())
        raise CalibrationError(
            f'The method "{name}" has learnt nothing of the group "{unknown[0]}" (it knows {", ".join(values)}): '
            f"calibrate on a corpus that has it."
        )
    return result


def check_scores(scores: ArrayLike, item_groups: Sequence[str] | NDArray[np.str_]) -> tuple[Scores, NDArray[np.str_]]:
    """Scores (..., n_items) as float32 and the group of each.

    Raises VectorError for anything but an array of numbers, a value that is not finite, or another count of groups.
    """
    try:
        array = np.atleast_1d(np.asarray(scores, dtype=np.float32))
    except (TypeError, ValueError) as error:
        raise VectorError(f"The scores are not numbers in rows of equal length: {error}.") from error
    if not np.isfinite(array).all():
        raise VectorError("The scores hold a value that is not finite: check the vectors they come from.")
    return array, group_array(item_groups, n=array.shape[-1], what="item_groups")


def _check_positives(positives: Sequence[Sequence[int]] | None, *, n_queries: int, n_items: int) -> None:
    if positives is None:
        return
    if len(positives) != n_queries:
        raise CalibrationError(f"There are labels for {len(positives)} queries and {n_queries} queries.")
    for query, rows in enumerate(positives):
        for row in rows:
            if not 0 <= row < n_items:
                raise CalibrationError(f"Query {query} is labelled with row {row}, and there are {n_items} items.")
