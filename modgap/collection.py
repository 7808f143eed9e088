"""A `Collection`: items, their vectors and an index; calibrate it, search it, look at its gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from modgap.calibration import Calibration, ScoreStatistics, now
from modgap.calibration_queries import (
    CalibrationQueries,
    GivenQueries,
    automatic_picture_queries,
    automatic_text_queries,
    given_queries,
)
from modgap.corpus import Corpus, Skipped, count_items, fingerprint, open_picture
from modgap.encoders import Encoder
from modgap.encoding import encode_items
from modgap.errors import CalibrationError, ModgapError, PictureError, VectorError
from modgap.index import ModalityIndex, ranked_union
from modgap.items import Hit, Item, Modality
from modgap.methods import Raw
from modgap.methods.standardized import mean_of_best
from modgap.progress import Progress, silent
from modgap.pseudo_positives import pseudo_positives
from modgap.vector_cache import VectorCache
from modgap.vectors import Vectors, modality_array, unit_vectors

VECTORS = "vectors"  # the model's name where vectors came precomputed

SearchQuery = str | Path | Image.Image | Item | np.ndarray
"""Words, a picture's path, a picture, an item of the collection, or a vector (d,)."""


SEARCH_METHODS = ("raw", "standardized")


@dataclass(frozen=True)
class _Asked:
    """An encoded query: unit vector (d,), its modality, and its own row in the collection (-1: it is no item)."""

    vector: Vectors
    modality: str
    source: int = -1


@dataclass(frozen=True)
class Comparison:
    """Raw and standardized results of one query, side by side.

    moved: for each id shown, how many places it rose (+) or fell (-) from the raw ranking to the standardized one.
    image_share: share of pictures among the hits of each list, 0..1.
    """

    raw: list[Hit]
    standardized: list[Hit]
    moved: dict[str, int]
    image_share: dict[str, float]


class Collection:
    """Encoded items of one corpus. Make it with `Collection.encode` or `Collection.from_vectors`.

    items: (n,). vectors: (n, d) unit rows. modality: (n,) of "image" / "text". skipped: what could not be encoded.
    calibration: set by `calibrate` or `use`; None before.
    """

    def __init__(
        self,
        items: Sequence[Item],
        vectors: Vectors,
        *,
        encoder: Encoder | None = None,
        model: str = VECTORS,
        skipped: Sequence[Skipped] = (),
    ) -> None:
        if not items:
            raise ModgapError("The collection is empty: nothing in the corpus could be encoded.")
        self.items = list(items)
        self.vectors = vectors
        self.modality = np.asarray([item.modality.value for item in self.items])
        self.encoder = encoder
        self.model = encoder.name if encoder is not None else model
        self.skipped = list(skipped)
        self.calibration: Calibration | None = None
        self.row_of = {item.id: row for row, item in enumerate(self.items)}
        self._index: ModalityIndex | None = None

    @classmethod
    def encode(
        cls,
        corpus: Corpus,
        encoder: Encoder | None = None,
        *,
        cache: VectorCache | None = None,
        progress: Progress = silent,
    ) -> Collection:
        """Encode a corpus; a corpus of precomputed vectors is taken as it is and needs no encoder.

        cache: where known vectors are found and new ones kept, the collection's later queries included. None writes
        nothing to disk, which is right wherever the corpora of several people meet.
        """
        if corpus.vectors is not None:
            return cls(corpus.items, corpus.vectors, skipped=corpus.skipped)
        if encoder is None:
            raise ModgapError("A corpus of files needs an encoder: Collection.encode(corpus, modgap.load_encoder()).")
        if cache is not None:
            encoder = encoder.with_cache(cache)
        encoded = encode_items(corpus.items, encoder, progress=progress)
        return cls(encoded.items, encoded.vectors, encoder=encoder, skipped=[*corpus.skipped, *encoded.skipped])

    @classmethod
    def from_vectors(
        cls, ids: Sequence[str], modality: Sequence[str], vectors: ArrayLike, *, model: str = VECTORS
    ) -> Collection:
        """A collection of precomputed vectors (n, d) of any encoder; `model` names it in the calibration."""
        names = [str(name) for name in ids]
        if len(set(names)) != len(names):
            raise VectorError("`ids` must differ from one another: they tell the items apart.")
        unit = unit_vectors(vectors, ids=names)
        kinds = modality_array(modality, n=unit.shape[0])
        if len(names) != unit.shape[0]:
            raise VectorError(f"There are {len(names)} ids for {unit.shape[0]} vectors.")
        return cls([Item(n, Modality(m)) for n, m in zip(names, kinds.tolist(), strict=True)], unit, model=model)

    @property
    def dimension(self) -> int:
        return int(self.vectors.shape[1])

    @property
    def counts(self) -> dict[str, int]:
        """Items by modality: {"text": n, "image": n}."""
        return count_items(self.items)

    def calibrate(
        self, queries: GivenQueries | None = None, *, k: int = 1, ddof: int = 0, progress: Progress = silent
    ) -> Calibration:
        """Learn the statistics from queries without labels; keep them and return them.

        queries: words, vectors (n, d), `Queries` read from a file, or None for automatic ones. Words and pictures as
        queries have statistics of their own; where no picture is among the queries, the corpus's own pictures serve.
        k: the mean of the k best items stands for a pseudo-positive score. ddof: of the standard deviation.
        Raises CalibrationError for fewer than 2 queries or a corpus of one modality, naming the cause.
        """
        self._require_both_modalities()
        if queries is None:
            sets = {Modality.TEXT: automatic_text_queries(self.items, self.vectors, self.encoder, progress=progress)}
        else:
            sets = given_queries(queries, self.encoder, self.dimension)
        statistics = {m.value: self._statistics(m, asked, k, ddof, progress) for m, asked in sets.items()}
        if Modality.IMAGE not in sets:
            pictures = automatic_picture_queries(self.items, self.vectors)
            try:
                statistics[Modality.IMAGE.value] = self._statistics(Modality.IMAGE, pictures, k, ddof, progress)
                sets[Modality.IMAGE] = pictures
            except CalibrationError:
                pass  # two or three pictures cannot calibrate search by picture; search by words goes on
        self.calibration = Calibration(
            model=self.model,
            dimension=self.dimension,
            counts=self.counts,
            fingerprint=fingerprint(self.items, self.vectors),
            created=now(),
            parameters={"k": k, "ddof": ddof},
            queries={m.value: asked.origin for m, asked in sets.items()},
            statistics=statistics,
        )
        return self.calibration

    def use(self, calibration: Calibration) -> None:
        """Search with a calibration that was made before. Raises CalibrationError if it is for another model."""
        calibration.require(model=self.model, dimension=self.dimension)
        self.calibration = calibration

    def search(self, query: SearchQuery, k: int = 10, *, method: str = "standardized") -> list[Hit]:
        """The k best items for words, a picture's path, a picture, an item of the collection or a vector (d,).

        method: "standardized" or "raw". An item does not find itself. Calibrates on automatic queries if the
        collection is not calibrated yet. Raises ModgapError for an empty query or an unknown method.
        """
        if method not in SEARCH_METHODS:
            raise ModgapError(f'There is no search by "{method}". Known: {", ".join(SEARCH_METHODS)}.')
        if method != "raw" and self.calibration is None:
            self.calibrate()
        return self._ranked(self._encode_query(query), k, method)

    def compare(self, query: SearchQuery, k: int = 10) -> Comparison:
        """Raw and standardized results of one query side by side, with how far each item moved."""
        if self.calibration is None:
            self.calibrate()
        assert self.calibration is not None
        asked = self._encode_query(query)
        raw, standardized = (self._ranked(asked, k, method) for method in SEARCH_METHODS)
        cosines = self.vectors @ asked.vector
        zs = self.calibration.z(cosines, self.modality, query_modality=asked.modality)
        met = np.arange(len(self.items)) != asked.source

        def rank(values: NDArray, row: int) -> int:
            ahead = (values > values[row]) | ((values == values[row]) & (np.arange(values.size) < row))
            return 1 + int((ahead & met).sum())

        shown = {hit.id: self.row_of[hit.id] for hit in [*raw, *standardized]}
        return Comparison(
            raw=raw,
            standardized=standardized,
            moved={name: rank(cosines, row) - rank(zs, row) for name, row in shown.items()},
            image_share={
                name: float(np.mean([hit.modality is Modality.IMAGE for hit in hits])) if hits else 0.0
                for name, hits in (("raw", raw), ("standardized", standardized))
            },
        )

    def _ranked(self, asked: _Asked, k: int, method: str) -> list[Hit]:
        """The k best items for an encoded query."""
        scorer = self.calibration.standardizer(asked.modality) if method != "raw" and self.calibration else Raw()
        candidates = self._candidates(asked, k)
        ranked = [(scorer.transform(cosines, self.modality[rows]), rows) for cosines, rows in candidates]
        _, best = ranked_union(ranked, k)
        return self._hits(asked, best)

    def _statistics(
        self, query_modality: Modality, asked: CalibrationQueries, k: int, ddof: int, progress: Progress
    ) -> dict[str, ScoreStatistics]:
        """Statistics of the pseudo-positive scores by item modality."""
        automatic_pictures = query_modality is Modality.IMAGE and asked.origin.kind == "automatic"
        found = pseudo_positives(
            asked.vectors,
            self.vectors,
            self.modality,
            k=k,
            exclude=asked.sources,
            exclude_same=automatic_pictures,
            progress=progress,
        )
        return {m.value: ScoreStatistics.of(mean_of_best(found[m]), m, ddof=ddof) for m in Modality}

    def _require_both_modalities(self) -> None:
        counts = self.counts
        if min(counts.values()) == 0:
            present, absent = ("image", "text") if counts["image"] else ("text", "image")
            raise CalibrationError(
                f"The corpus has {counts[present]} {Modality(present).plural} and no {Modality(absent).plural}, so "
                f"there is no gap to close: add {Modality(absent).plural}, or search by raw cosine (--method raw)."
            )

    def _encode_query(self, query: SearchQuery) -> _Asked:
        if isinstance(query, Item):
            if query.id not in self.row_of:
                raise ModgapError(f'The item "{query.id}" is not in this collection.')
            return _Asked(self.vectors[self.row_of[query.id]], query.modality.value, self.row_of[query.id])
        if isinstance(query, np.ndarray):
            vector = unit_vectors(query.reshape(1, -1), what="query vector")[0]
            if vector.size != self.dimension:
                raise VectorError(f"The query has {vector.size} dimensions and the collection {self.dimension}.")
            return _Asked(vector, Modality.TEXT.value)
        if isinstance(query, str) and not query.strip():
            raise ModgapError("The query is empty: type a few words.")
        if self.encoder is None:
            raise ModgapError(
                "This collection holds precomputed vectors and no encoder, so a query must be a vector of the same "
                "model."
            )
        if isinstance(query, str):
            return _Asked(self.encoder.encode_texts([query.strip()])[0], Modality.TEXT.value)
        if isinstance(query, Path):
            try:
                query = open_picture(query, enough=self.encoder.enough)
            except PictureError as error:
                raise ModgapError(f"The picture {query} {error}.") from error
        return _Asked(self.encoder.encode_pictures([query])[0], Modality.IMAGE.value)

    def _candidates(self, asked: _Asked, k: int) -> list[tuple[NDArray[np.float32], NDArray[np.intp]]]:
        """(cosines, rows) of the k best items of each modality, without the query's own item."""
        if self._index is None:
            self._index = ModalityIndex(self.vectors, self.modality)
        found = self._index.top_k(asked.vector, k + (asked.source >= 0))
        return [(cosines[rows != asked.source], rows[rows != asked.source]) for cosines, rows in found.values()]

    def _hits(self, asked: _Asked, rows: NDArray[np.intp]) -> list[Hit]:
        """The rows as hits in their order, with z and fit where the calibration knows queries of that modality."""
        cosines, modality = self.vectors[rows] @ asked.vector, self.modality[rows]
        calibrated = self.calibration is not None and asked.modality in self.calibration.statistics
        zs: Sequence[float | None] = [None] * rows.size
        fits: Sequence[float | None] = [None] * rows.size
        if calibrated and self.calibration is not None:
            zs = self.calibration.z(cosines, modality, query_modality=asked.modality).tolist()
            fits = self.calibration.fit(cosines, modality, query_modality=asked.modality).tolist()
        return [
            Hit(rank, self.items[row].id, self.items[row].modality, float(cosine), z, fit)
            for rank, (row, cosine, z, fit) in enumerate(zip(rows.tolist(), cosines, zs, fits, strict=True), start=1)
        ]
