"""A `Collection`: items, their vectors and an index; calibrate it, search it, look at its gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from modgap.calibration import FIT_THRESHOLD, Calibration, now
from modgap.calibration_queries import (
    CalibrationQueries,
    GivenQueries,
    automatic_picture_queries,
    automatic_text_queries,
    given_queries,
    query_bank,
)
from modgap.convergence import Convergence, convergence
from modgap.corpus import Corpus, Skipped, count_items, fingerprint, open_picture
from modgap.devices import best_device
from modgap.drift import Drift
from modgap.encoders import Encoder
from modgap.encoding import encode_items
from modgap.errors import CalibrationError, ModgapError, PictureError, VectorError
from modgap.evidence import Evidence, meaningless
from modgap.index import ModalityIndex, ranked_union
from modgap.items import Hit, Item, Modality, no_good_match
from modgap.methods import Raw
from modgap.methods.standardized import mean_of_best
from modgap.progress import Progress, silent
from modgap.pseudo_positives import PseudoPositives, pseudo_positives
from modgap.score_statistics import ScoreStatistics
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

    @property
    def no_good_match(self) -> bool:
        """No hit of either list reaches the calibration's fit threshold."""
        return no_good_match([*self.raw, *self.standardized])


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
    def encode(cls, corpus: Corpus, encoder: Encoder | None = None, *, progress: Progress = silent) -> Collection:
        """Encode a corpus; a corpus of precomputed vectors is taken as it is and needs no encoder."""
        if corpus.vectors is not None:
            return cls(corpus.items, corpus.vectors, skipped=corpus.skipped)
        if encoder is None:
            raise ModgapError("A corpus of files needs an encoder: Collection.encode(corpus, modgap.load_encoder()).")
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
        self,
        queries: GivenQueries | None = None,
        *,
        k: int = 1,
        ddof: int = 0,
        fit_threshold: float = FIT_THRESHOLD,
        progress: Progress = silent,
    ) -> Calibration:
        """Learn the statistics from queries without labels; keep them and return them.

        queries: words, vectors (n, d), `Queries` read from a file, or None for automatic ones. Words and pictures as
        queries have statistics of their own; where no picture is among the queries, the corpus's own pictures serve.
        k: the mean of the k best items stands for a pseudo-positive score. ddof: of the standard deviation.
        fit_threshold: the fit below which a hit is no good match.
        Raises CalibrationError for fewer than 2 queries or a corpus of one modality, naming the cause.
        """
        if k < 1 or ddof not in (0, 1):
            raise CalibrationError(f"k is at least 1 and ddof 0 or 1; got k = {k} and ddof = {ddof}.")
        self._require_both_modalities()
        if queries is None:
            sets = {Modality.TEXT: automatic_text_queries(self.items, self.vectors, self.encoder, progress=progress)}
        else:
            sets = given_queries(queries, self.encoder, self.dimension)
        pairs = {m: self._pairs(m, asked, k, progress) for m, asked in sets.items()}
        statistics = {m.value: _statistics(found, k, ddof) for m, found in pairs.items()}
        if Modality.IMAGE not in sets:
            pictures = automatic_picture_queries(self.items, self.vectors)
            try:
                statistics[Modality.IMAGE.value] = _statistics(
                    self._pairs(Modality.IMAGE, pictures, k, progress), k, ddof
                )
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
            fit_threshold=fit_threshold,
            evidence=self._evidence(sets[Modality.TEXT], pairs[Modality.TEXT]) if Modality.TEXT in pairs else None,
        )
        return self.calibration

    def update(self, queries: GivenQueries, *, progress: Progress = silent) -> Calibration:
        """Fold new queries into the calibration in use, with its own k and ddof; keep the result and return it.

        Raises CalibrationError where there is no calibration yet, or it was made for another state of this corpus.
        """
        calibration = self._calibration_of_this_corpus()
        for modality, asked in given_queries(queries, self.encoder, self.dimension).items():
            best = self._best_scores(modality, asked, calibration.parameters["k"], progress)
            calibration = calibration.update(
                {m.value: scores for m, scores in best.items()},
                query_modality=modality.value,
                description=asked.origin.description,
            )
        self.calibration = calibration
        return calibration

    def drift(self, queries: GivenQueries, *, progress: Progress = silent) -> list[Drift]:
        """Whether new queries still fit the calibration in use: one answer for each pair of modalities.

        Raises CalibrationError as `update` does, and for queries of a modality without statistics.
        """
        calibration, found = self._calibration_of_this_corpus(), []
        for modality, asked in given_queries(queries, self.encoder, self.dimension).items():
            calibration.of(modality.value)
            best = self._best_scores(modality, asked, calibration.parameters["k"], progress)
            found += calibration.drift({m.value: scores for m, scores in best.items()}, query_modality=modality.value)
        return found

    def convergence(
        self, queries: GivenQueries | None = None, *, depth: int = 10, seed: int = 0, progress: Progress = silent
    ) -> Convergence:
        """After how many queries of one modality (words where both are given) the top `depth` stops changing.

        queries: as for `calibrate`. Needs no calibration and makes none.
        """
        self._require_both_modalities()
        if queries is None:
            asked = automatic_text_queries(self.items, self.vectors, self.encoder, progress=progress)
        else:
            asked = next(iter(given_queries(queries, self.encoder, self.dimension).values()))
        found = pseudo_positives(
            asked.vectors,
            self.vectors,
            self.modality,
            k=depth,
            exclude=asked.sources,
            device=best_device(asked.vectors.shape[0], *self.vectors.shape),
            progress=progress,
        )
        return convergence({m.value: best.scores for m, best in found.items()}, seed=seed)

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
        asked = self._encode_query(query)
        scorer = self.calibration.standardizer(asked.modality) if method != "raw" and self.calibration else Raw()
        candidates = self._candidates(asked, k)
        ranked = [(scorer.transform(cosines, self.modality[rows]), rows) for cosines, rows in candidates]
        _, best = ranked_union(ranked, k)
        return self._hits(asked, best, [rows[0] for _, rows in candidates if rows.size])

    def compare(self, query: SearchQuery, k: int = 10) -> Comparison:
        """Raw and standardized results of one query side by side, with how far each item moved."""
        if self.calibration is None:
            self.calibrate()
        assert self.calibration is not None
        raw, standardized = (self.search(query, k, method=m) for m in ("raw", "standardized"))
        asked = self._encode_query(query)
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

    def _pairs(
        self, query_modality: Modality, asked: CalibrationQueries, k: int, progress: Progress
    ) -> dict[Modality, PseudoPositives]:
        """The k pseudo-positives of each query by item modality."""
        self._require_both_modalities()
        automatic_pictures = query_modality is Modality.IMAGE and asked.origin.kind == "automatic"
        return pseudo_positives(
            asked.vectors,
            self.vectors,
            self.modality,
            k=k,
            exclude=asked.sources,
            exclude_same=automatic_pictures,
            device=best_device(asked.vectors.shape[0], *self.vectors.shape),
            progress=progress,
        )

    def _best_scores(
        self, query_modality: Modality, asked: CalibrationQueries, k: int, progress: Progress
    ) -> dict[Modality, NDArray[np.float32]]:
        """The pseudo-positive scores (n_queries,) by item modality."""
        found = self._pairs(query_modality, asked, k, progress)
        return {m: mean_of_best(best, m, k=k) for m, best in found.items()}

    def _evidence(self, asked: CalibrationQueries, pairs: dict[Modality, PseudoPositives]) -> Evidence | None:
        """What tells word queries that match nothing; None without an encoder."""
        if self.encoder is None:
            return None
        nonsense = self.encoder.encode_texts(meaningless(query_bank()[::2]))  # 160 are enough for a percentile
        found = pseudo_positives(nonsense, self.vectors, self.modality)
        return Evidence.learn(
            asked.vectors,
            {m.value: self.vectors[best.rows[:, 0]] for m, best in pairs.items()},
            nonsense,
            {m.value: self.vectors[best.rows[:, 0]] for m, best in found.items()},
            {m.value: self.vectors[self.modality == m.value].mean(axis=0) for m in Modality},
        )

    def _calibration_of_this_corpus(self) -> Calibration:
        if self.calibration is None:
            raise CalibrationError("This collection is not calibrated yet: calibrate it, or use a saved calibration.")
        if self.calibration.fingerprint != fingerprint(self.items, self.vectors):
            raise CalibrationError(
                "The corpus has changed since it was calibrated, so new queries cannot be compared with the earlier "
                "ones: calibrate again."
            )
        return self.calibration

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
                query = open_picture(query)
            except PictureError as error:
                raise ModgapError(f"The picture {query} {error}.") from error
        return _Asked(self.encoder.encode_pictures([query])[0], Modality.IMAGE.value)

    def _candidates(self, asked: _Asked, k: int) -> list[tuple[NDArray[np.float32], NDArray[np.intp]]]:
        """(cosines, rows) of the k best items of each modality, without the query's own item."""
        if self._index is None:
            self._index = ModalityIndex(self.vectors, self.modality)
        found = self._index.top_k(asked.vector, k + (asked.source >= 0))
        return [(cosines[rows != asked.source], rows[rows != asked.source]) for cosines, rows in found.values()]

    def _hits(self, asked: _Asked, rows: NDArray[np.intp], best: Sequence[int]) -> list[Hit]:
        """The rows as hits in their order, with z and fit where the calibration knows queries of that modality."""
        cosines, modality = self.vectors[rows] @ asked.vector, self.modality[rows]
        hits = [
            Hit(rank, self.items[row].id, self.items[row].modality, float(cosine))
            for rank, (row, cosine) in enumerate(zip(rows.tolist(), cosines, strict=True), start=1)
        ]
        if self.calibration is None or asked.modality not in self.calibration.statistics:
            return hits
        zs = self.calibration.z(cosines, modality, query_modality=asked.modality).tolist()
        fits = self.calibration.fit(cosines, modality, query_modality=asked.modality).tolist()
        asks_for_something = self._asks_for_something(asked, best, self.calibration)
        return [
            replace(hit, z=z, fit=fit, good_match=asks_for_something and fit >= self.calibration.fit_threshold)
            for hit, z, fit in zip(hits, zs, fits, strict=True)
        ]

    def _asks_for_something(self, asked: _Asked, best: Sequence[int], calibration: Calibration) -> bool:
        """False for words that match their best items no better than meaningless words do."""
        if calibration.evidence is None or asked.modality != Modality.TEXT.value or asked.source >= 0:
            return True
        items = {str(self.modality[row]): self.vectors[[row]] for row in best}
        return float(calibration.evidence.of(asked.vector[None, :], items)[0]) >= calibration.evidence.threshold


def _statistics(pairs: dict[Modality, PseudoPositives], k: int, ddof: int) -> dict[str, ScoreStatistics]:
    """Statistics of the pseudo-positive scores by item modality."""
    return {m.value: ScoreStatistics.of(mean_of_best(best, m, k=k), m, ddof=ddof) for m, best in pairs.items()}
