"""What every scoring method is: it learns from queries and items, then scores queries against items.

A method may move vectors (`move_queries`, `move_items`), change scores (`transform`), or both:

    score(q, d) = transform(<move_queries(q), move_items(d)>)

`transform` keeps the order inside a modality, so the best k of the union are always among the best k inner products
of each modality, and search is one top-k per modality and a merge for every method there is. A method says of itself
what it needs, what it changes and what it keeps; search, evaluation and the app ask it and never look at its name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from modgap.errors import CalibrationError, VectorError
from modgap.items import Modality
from modgap.methods.i0t import Normalisers
from modgap.vectors import Vectors, group_array, unit_vectors

Scores = NDArray[np.float32]
Needs = Literal["nothing", "scores", "vectors", "labels"]
Changes = Literal["nothing", "scores", "vectors"]
M = TypeVar("M", bound="Method")


@dataclass(frozen=True)
class FitData:
    """What a method learns from, checked: queries (n_queries, d), items (n_items, d) and their modality (n_items,).

    query_modality: "text" or "image", the same for all queries. positives: relevant rows of each query. exclude:
    what each query must not meet, as `pseudo_positives` takes it: the row that it was made of, or all rows of its
    document. exclude_same: nor its exact copies.
    """

    queries: Vectors
    items: Vectors
    modality: NDArray[np.str_]
    query_modality: str = Modality.TEXT.value
    positives: Sequence[Sequence[int]] | None = None
    exclude: NDArray[np.intp] | None = None
    exclude_same: bool = False


@dataclass(frozen=True)
class Learnt:
    """What a calibration file carries for queries of one modality, from which some methods are restored.

    mean, std, low, high: of the pseudo-positive scores (cosine), by item modality; counts: items by modality.
    means: mean vectors (d,) of the items, "text" and "image", and of the calibration queries, "query"; may be empty.
    normalisers: the trained ones of I0T_async, where the calibration was given any.
    after: the same as learnt from vectors that a method has moved, by that method's name.
    """

    query_modality: str
    counts: dict[Modality, int]
    mean: dict[Modality, float]
    std: dict[Modality, float]
    low: dict[Modality, float]
    high: dict[Modality, float]
    means: dict[str, Vectors]
    normalisers: Normalisers | None = None
    after: Mapping[str, Learnt] = field(default_factory=dict)


class Method:
    """Base of the scoring methods; as it stands, cosine and nothing else.

    name: how the method is called on the command line and in reports. title: in a sentence or a table.
    needs: what it learns from: "nothing"; pseudo-positive "scores"; "vectors" of queries and items; "labels".
    changes: "vectors", "scores", or "nothing".
    keeps_order: the order inside one modality is that of the raw cosine.
    depth: `transform` looks at each query's `depth` best items of a modality (0: at no list), so the scores that it
        is given must hold them.
    in_artefact: every calibration file carries all that it learnt (`restore`).
    """

    name: str
    title: str
    needs: Needs = "nothing"
    changes: Changes = "nothing"
    keeps_order: bool = True
    depth: int = 0
    in_artefact: bool = False

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
        item_modality: Sequence[str] | NDArray[np.str_],
        *,
        query_modality: str = Modality.TEXT.value,
        positives: Sequence[Sequence[int]] | None = None,
        exclude: NDArray[np.intp] | None = None,
        exclude_same: bool = False,
    ) -> M:
        """Learn from (n_queries, d) queries and (n_items, d) items of the given modality (n_items,).

        Vectors are scaled to length 1 first. For the other parameters see `FitData`.
        Raises VectorError for vectors that are zero or not finite, CalibrationError for what cannot be learnt from:
        different widths, too few queries, a modality without items, scores without spread, labels of no item.
        """
        queries = unit_vectors(query_vectors, what="query vectors")
        items = unit_vectors(item_vectors, what="item vectors")
        modality = group_array(item_modality, n=items.shape[0], what="item_modality")
        if queries.shape[1] != items.shape[1]:
            raise CalibrationError(
                f"Queries have {queries.shape[1]} dimensions and items {items.shape[1]}: encode both with one model."
            )
        _check_positives(positives, n_queries=queries.shape[0], n_items=items.shape[0])
        self.learn(FitData(queries, items, modality, query_modality, positives, exclude, exclude_same))
        return self

    def learn(self, data: FitData) -> None:
        """The fit itself, on checked data; a stack calls it with vectors that an earlier method has moved."""

    def carried_by(self, learnt: Learnt) -> bool:
        """May `restore` be called with this calibration?"""
        return self.in_artefact

    def restore(self, learnt: Learnt) -> None:
        """Take from a calibration file what `fit` would learn. Raises CalibrationError where the file lacks it."""
        if self.needs_fit:
            raise CalibrationError(
                f'The method "{self.name}" learns from the calibration queries themselves, which a calibration file '
                f"does not carry: calibrate this corpus again instead of loading a file."
            )

    def move_queries(self, query_vectors: Vectors) -> Vectors:
        """(n_queries, d) -> (n_queries, d'); d' and the lengths are the method's own, the same as for items."""
        return query_vectors

    def move_items(self, item_vectors: Vectors, item_modality: NDArray[np.str_]) -> Vectors:
        """(n_items, d) -> (n_items, d'); any items, also ones that `fit` has not seen."""
        return item_vectors

    def transform(self, scores: ArrayLike, item_modality: Sequence[str] | NDArray[np.str_]) -> Scores:
        """Inner products (..., n_items) -> scores of the same shape, comparable across modalities."""
        return check_scores(scores, item_modality)[0]

    def score(self, query_vectors: Vectors, item_vectors: Vectors, item_modality: NDArray[np.str_]) -> Scores:
        """Scores (n_queries, n_items) of every query against every item; higher is better."""
        products = self.move_queries(query_vectors) @ self.move_items(item_vectors, item_modality).T
        return self.transform(products, item_modality)


def check_scores(scores: ArrayLike, item_modality: Sequence[str] | NDArray[np.str_]) -> tuple[Scores, NDArray[np.str_]]:
    """Scores (..., n_items) as float32 and the modality of each.

    Raises VectorError for what is no array of numbers, a value that is not finite, or another count of modalities.
    """
    try:
        array = np.atleast_1d(np.asarray(scores, dtype=np.float32))
    except (TypeError, ValueError) as error:
        raise VectorError(f"The scores are not numbers in rows of equal length: {error}.") from error
    if not np.isfinite(array).all():
        raise VectorError("The scores hold a value that is not finite: check the vectors they come from.")
    return array, group_array(item_modality, n=array.shape[-1], what="item_modality")


def _check_positives(positives: Sequence[Sequence[int]] | None, *, n_queries: int, n_items: int) -> None:
    if positives is None:
        return
    if len(positives) != n_queries:
        raise CalibrationError(f"There are labels for {len(positives)} queries and {n_queries} queries.")
    for query, rows in enumerate(positives):
        for row in rows:
            if not 0 <= row < n_items:
                raise CalibrationError(f"Query {query} is labelled with row {row}, and there are {n_items} items.")
