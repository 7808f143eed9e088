"""A `Collection`: items, their vectors and an index; calibrate it, search it, look at its gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from modgap.calibration.artefact import FIT_THRESHOLD, Calibration, now
from modgap.calibration.convergence import Convergence, convergence
from modgap.calibration.drift import Drift
from modgap.calibration.fit import (
    best_scores,
    learn_evidence,
    mean_vectors,
    normalised_statistics,
    pseudo_pairs,
    require_both_modalities,
    score_statistics,
)
from modgap.calibration.gap_report import Gap, measure_gap
from modgap.calibration.queries import (
    CalibrationQueries,
    GivenQueries,
    automatic_picture_queries,
    automatic_text_queries,
    given_queries,
    meets_no_copies,
)
from modgap.corpus import Corpus, PictureOpener, ReadReport, Skipped, count_items, fingerprint, open_picture
from modgap.encoders import Encoder
from modgap.encoders.encode_items import encode_items
from modgap.engines import ModalityIndex
from modgap.errors import CalibrationError, ModgapError, VectorError
from modgap.io.vector_cache import VectorCache
from modgap.items import Hit, Item, Modality
from modgap.methods import I0TAsync, Method, Raw, method_by_name
from modgap.methods.i0t import Normalisers
from modgap.metrics.gap import Pairs
from modgap.progress import Progress, silent
from modgap.search.comparison import Comparison, compare_rankings
from modgap.search.query import Asked, SearchQuery, ask
from modgap.search.ranker import Ranker
from modgap.vectors import Vectors, group_array, unit_vectors

VECTORS = "vectors"  # the model's name where vectors came precomputed


class Collection:
    """Encoded items of one corpus. Make it with `Collection.encode` or `Collection.from_vectors`.

    items: (n,). vectors: (n, d) unit rows. modality: (n,) of "image" / "text". skipped: what could not be encoded.
    calibration: set by `calibrate` or `use`; None before. calibration_queries: the queries behind it, by modality, from
    which other methods learn; empty where the calibration came from a file. normalisers: what I0T_async takes, set by
    `use_normalisers` or brought by a calibration; None: it trains its own.
    """

    def __init__(
        self,
        items: Sequence[Item],
        vectors: Vectors,
        *,
        encoder: Encoder | None = None,
        model: str = VECTORS,
        skipped: Sequence[Skipped] = (),
        corpus: Corpus | None = None,
    ) -> None:
        if not items:
            reasons = "".join(f"; {each.id} {each.reason}" for each in list(skipped)[:3])
            raise ModgapError(f"The collection is empty: nothing in the corpus could be encoded{reasons}.")
        self.items = list(items)
        self.vectors = vectors
        self.modality = np.asarray([item.modality.value for item in self.items])
        self.encoder = encoder
        self.model = encoder.name if encoder is not None else model
        self.skipped = list(skipped)
        self.corpus = corpus  # keeps the unpacked files of an archive
        self.calibration: Calibration | None = None
        self.calibration_queries: dict[Modality, CalibrationQueries] = {}
        self.normalisers: Normalisers | None = None
        self.row_of = {item.id: row for row, item in enumerate(self.items)}
        self._index: ModalityIndex | None = None
        self._rankers: dict[tuple[str, str], Ranker] = {}  # fitted for the calibration at hand

    @classmethod
    def encode(
        cls,
        corpus: Corpus,
        encoder: Encoder | None = None,
        *,
        cache: VectorCache | None = None,
        open_picture: PictureOpener = open_picture,
        progress: Progress = silent,
    ) -> Collection:
        """Encode a corpus; a corpus of precomputed vectors is taken as it is and needs no encoder.

        cache: where known vectors are found and new ones kept, the collection's later queries included. None writes
        nothing to disk, which is right wherever the corpora of several people meet.
        open_picture: what decodes pictures; `SafeDecoder.open_picture` for files of strangers.
        """
        if corpus.vectors is not None:
            return cls(corpus.items, corpus.vectors, skipped=corpus.skipped, corpus=corpus)
        if encoder is None:
            raise ModgapError("A corpus of files needs an encoder: Collection.encode(corpus, modgap.load_encoder()).")
        if cache is not None:
            encoder = encoder.with_cache(cache)
        encoded = encode_items(corpus.items, encoder, open_picture=open_picture, progress=progress)
        skipped = [*corpus.skipped, *encoded.skipped]
        return cls(encoded.items, encoded.vectors, encoder=encoder, skipped=skipped, corpus=corpus)

    @classmethod
    def from_vectors(
        cls, ids: Sequence[str], modality: Sequence[str], vectors: ArrayLike, *, model: str = VECTORS
    ) -> Collection:
        """A collection of precomputed vectors (n, d) of any encoder; `model` names it in the calibration."""
        names = [str(name) for name in ids]
        if len(set(names)) != len(names):
            raise VectorError("`ids` must differ from one another: they tell the items apart.")
        unit = unit_vectors(vectors, ids=names)
        kinds = group_array(modality, n=unit.shape[0])
        return cls([Item(n, Modality(m)) for n, m in zip(names, kinds.tolist(), strict=True)], unit, model=model)

    @property
    def dimension(self) -> int:
        return int(self.vectors.shape[1])

    @property
    def counts(self) -> dict[str, int]:
        """Items by modality: {"text": n, "image": n}."""
        return count_items(self.items)

    @property
    def report(self) -> ReadReport:
        """What became of everything that was to be read and encoded."""
        if self.corpus is None:
            return ReadReport(self.counts, self.skipped)
        return ReadReport(self.counts, self.skipped, self.corpus.duplicates, self.corpus.cut)

    def gap(
        self, queries: GivenQueries | None = None, *, pairs: Pairs | None = None, progress: Progress = silent
    ) -> Gap:
        """Measure the gap between pictures and passages, before and after I0T_post and standardization.

        queries: for the metrics of rankings; text queries only, automatic ones if None. pairs: pictures and texts that
        belong together, (p, d) each; `known_pairs` if None.
        Raises CalibrationError for a corpus of one modality.
        """
        require_both_modalities(self.modality)
        asked = self._queries(queries, progress).get(Modality.TEXT)
        if pairs is None:
            pairs = self.known_pairs()
        return measure_gap(self.vectors, self.modality, queries=asked, pairs=pairs, progress=progress)

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
        require_both_modalities(self.modality)
        sets = self._queries(queries, progress)
        pairs = {m: pseudo_pairs(*self._space, asked, m, k=k, progress=progress) for m, asked in sets.items()}
        statistics = {m.value: score_statistics(found, k=k, ddof=ddof) for m, found in pairs.items()}
        if Modality.IMAGE not in sets:
            pictures = automatic_picture_queries(self.items, self.vectors)
            try:
                found = pseudo_pairs(*self._space, pictures, Modality.IMAGE, k=k, progress=progress)
                statistics[Modality.IMAGE.value] = score_statistics(found, k=k, ddof=ddof)
                sets[Modality.IMAGE] = pictures
            except CalibrationError:
                pass  # two or three pictures cannot calibrate search by picture; search by words goes on
        means, evidence, after = mean_vectors(*self._space, sets), None, {}
        if self.normalisers is not None:
            after[I0TAsync.name] = normalised_statistics(
                self.normalisers, *self._space, sets, k=k, ddof=ddof, progress=progress
            )
        if self.encoder is not None and Modality.TEXT in pairs:
            evidence = learn_evidence(*self._space, sets[Modality.TEXT], pairs[Modality.TEXT], means, self.encoder)
        self._keep(
            Calibration(
                model=self.model,
                dimension=self.dimension,
                counts=self.counts,
                fingerprint=fingerprint(self.items, self.vectors),
                created=now(),
                parameters={"k": k, "ddof": ddof},
                queries={m.value: asked.origin for m, asked in sets.items()},
                statistics=statistics,
                fit_threshold=fit_threshold,
                evidence=evidence,
                after=after,
                means=means,
                normalisers=self.normalisers,
            ),
            sets,
        )
        return self.calibration_in_use()

    def use(self, calibration: Calibration, queries: dict[Modality, CalibrationQueries] | None = None) -> None:
        """Search with a calibration that was made before. Raises CalibrationError if it is for another model.

        queries: the ones behind it, by modality, where they are at hand; other methods learn from them.
        """
        calibration.require(model=self.model, dimension=self.dimension)
        self.normalisers = calibration.normalisers or self.normalisers
        self._keep(calibration, queries or {})

    def use_normalisers(self, normalisers: Normalisers) -> None:
        """Let I0T_async take these; calibrate after it, so that the artefact carries them and their statistics.

        Raises CalibrationError if they are for another model.
        """
        normalisers.require(model=self.model, dimension=self.dimension)
        self.normalisers = normalisers
        self._rankers.clear()

    def calibration_in_use(self) -> Calibration:
        """The calibration. Raises CalibrationError where there is none yet."""
        if self.calibration is None:
            raise CalibrationError("This collection is not calibrated yet: calibrate it, or use a saved calibration.")
        return self.calibration

    def update(self, queries: GivenQueries, *, progress: Progress = silent) -> Calibration:
        """Fold new queries into the calibration in use, with its own k and ddof; keep the result and return it.

        Raises CalibrationError where there is no calibration yet, or it was made for another state of this corpus.
        """
        calibration = self._calibration_of_this_corpus()
        for modality, asked in given_queries(queries, self.encoder, self.dimension).items():
            calibration = calibration.update(
                self._best_scores(modality, asked, calibration, progress),
                query_modality=modality.value,
                description=asked.origin.description,
            )
        self._keep(calibration, {})
        return calibration

    def drift(self, queries: GivenQueries, *, progress: Progress = silent) -> list[Drift]:
        """Whether new queries still fit the calibration in use: one answer for each pair of modalities.

        Raises CalibrationError as `update` does, and for queries of a modality without statistics.
        """
        calibration, found = self._calibration_of_this_corpus(), []
        for modality, asked in given_queries(queries, self.encoder, self.dimension).items():
            calibration.of(modality.value)
            best = self._best_scores(modality, asked, calibration, progress)
            found += calibration.drift(best, query_modality=modality.value)
        return found

    def convergence(
        self, queries: GivenQueries | None = None, *, depth: int = 10, seed: int = 0, progress: Progress = silent
    ) -> Convergence:
        """After how many queries of one modality (words where both are given) the top `depth` stops changing.

        queries: as for `calibrate`. Needs no calibration and makes none.
        """
        modality, asked = next(iter(self._queries(queries, progress).items()))
        found = pseudo_pairs(*self._space, asked, modality, k=depth, progress=progress)
        return convergence({m.value: best.scores for m, best in found.items()}, seed=seed)

    def search(self, query: SearchQuery, k: int = 10, *, method: str = "standardized") -> list[Hit]:
        """The k best items for words, a picture's path, a picture, an item of the collection or a vector (d,).

        method: any name of `modgap.methods`, or a stack of them. An item does not find itself. Calibrates on automatic
        queries where the method learns and the collection is not calibrated yet. A hit's `value` is what the method
        ranked by; its score, z and fit are those of the vectors as encoded, whatever the method.
        Raises ModgapError for an empty query or an unknown method, CalibrationError for a method that learns from
        labels, or from queries that a loaded calibration does not carry.
        """
        chosen = self._searchable(method)
        if chosen.needs_fit and self.calibration is None:
            self.calibrate()
        return self._ranked(ask(query, self.vectors, self.row_of, self.encoder), k, chosen)

    def compare(self, query: SearchQuery, k: int = 10, *, also: str | None = None) -> Comparison:
        """Raw and standardized results of one query side by side, with how far each item moved.

        also: another method to show beside them. Raises as `search` does.
        """
        if self.calibration is None:
            self.calibrate()
        asked = ask(query, self.vectors, self.row_of, self.encoder)
        raw, standardized = (self._ranked(asked, k, method_by_name(name)) for name in ("raw", "standardized"))
        cosines = self.vectors @ asked.vector
        zs = self.calibration_in_use().z(cosines, self.modality, query_modality=asked.modality)
        third = self._ranked(asked, k, self._searchable(also)) if also is not None else ()
        return compare_rankings(raw, standardized, cosines, zs, self.row_of, source=asked.source, also=third)

    def index_for(self, method: Method) -> ModalityIndex:
        """The index of the vectors as a fitted method moves them; methods that move none share one."""
        moved = method.move_items(self.vectors, self.modality)
        if moved is not self.vectors:
            return ModalityIndex(moved, self.modality)
        if self._index is None:
            self._index = ModalityIndex(self.vectors, self.modality)
        return self._index

    @property
    def _space(self) -> tuple[Vectors, NDArray[np.str_]]:
        return self.vectors, self.modality

    def _queries(self, queries: GivenQueries | None, progress: Progress) -> dict[Modality, CalibrationQueries]:
        if queries is None:
            asked = automatic_text_queries(self.items, self.vectors, self.encoder, progress=progress)
            return {Modality.TEXT: asked}
        return given_queries(queries, self.encoder, self.dimension)

    def _keep(self, calibration: Calibration, queries: dict[Modality, CalibrationQueries]) -> None:
        """Search with this calibration from now on; methods learn from `queries`, the ones that it was made with."""
        self.calibration = calibration
        self.calibration_queries = queries
        self._rankers.clear()

    def _best_scores(
        self, modality: Modality, asked: CalibrationQueries, calibration: Calibration, progress: Progress
    ) -> dict[str, NDArray[np.float32]]:
        k = calibration.parameters["k"]
        return best_scores(pseudo_pairs(*self._space, asked, modality, k=k, progress=progress), k=k)

    def _calibration_of_this_corpus(self) -> Calibration:
        calibration = self.calibration_in_use()
        if calibration.fingerprint != fingerprint(self.items, self.vectors):
            raise CalibrationError(
                "The corpus has changed since it was calibrated, so new queries cannot be compared with the earlier "
                "ones: calibrate again."
            )
        return calibration

    def known_pairs(self, *, progress: Progress = silent) -> Pairs | None:
        """Pictures and texts that the corpus says belong together, (p, d) each; None where it says nothing.

        Those of a file of paired vectors; else pictures and their captions, where there are any and an encoder is.
        """
        if self.corpus is not None and self.corpus.pairs is not None:
            images, texts = (self.vectors[rows] for rows in self.corpus.pairs.T)
            return images, texts
        rows = [row for row, item in enumerate(self.items) if item.caption and item.modality is Modality.IMAGE]
        if self.encoder is None or not rows:
            return None
        captions = [self.items[row].caption or "" for row in rows]
        return self.vectors[rows], self.encoder.encode_texts(captions, progress=progress)

    def _searchable(self, name: str) -> Method:
        method = method_by_name(name, self.normalisers)
        if method.needs_labels:
            raise CalibrationError(f'The method "{name}" learns from labels: it is for evaluation, not for search.')
        return method

    def _ranked(self, asked: Asked, k: int, method: Method) -> list[Hit]:
        """The k best items for an encoded query."""
        ranker = self._ranker(method, asked.modality)
        [(values, rows)] = ranker.rank(asked.vector[None, :], k, sources=np.asarray([asked.source]))
        return self._hits(asked, rows, values)

    def _ranker(self, method: Method, query_modality: str) -> Ranker:
        """The method fitted for queries of one modality, with its index; kept until the next calibration."""
        key = (method.name, query_modality)
        if key not in self._rankers:
            self._fit(method, query_modality)
            self._rankers[key] = Ranker(method, self.index_for(method), self.modality)
        return self._rankers[key]

    def _fit(self, method: Method, query_modality: str) -> None:
        """Take what the calibration carries; learn the rest from the queries that it was made with."""
        if not method.needs_fit or self.calibration is None:
            return
        learnt, asked = self.calibration.learnt(query_modality), self.calibration_queries.get(Modality(query_modality))
        if method.in_artefact or asked is None:
            method.restore(learnt)
        else:
            fit_on(method, self, Modality(query_modality), asked)

    def _hits(self, asked: Asked, rows: NDArray[np.intp], values: NDArray[np.float64]) -> list[Hit]:
        """The rows as hits in their order, with z and fit where the calibration knows queries of that modality."""
        cosines, modality = self.vectors[rows] @ asked.vector, self.modality[rows]
        hits = [
            Hit(rank, self.items[row].id, self.items[row].modality, float(cosine), value=value)
            for rank, (row, cosine, value) in enumerate(zip(rows.tolist(), cosines, values.tolist(), strict=True), 1)
        ]
        calibration = self.calibration
        if calibration is None or asked.modality not in calibration.statistics:
            return hits
        zs = calibration.z(cosines, modality, query_modality=asked.modality).tolist()
        fits = calibration.fit(cosines, modality, query_modality=asked.modality).tolist()
        asks_for_something = self._asks_for_something(asked, calibration)
        return [
            replace(hit, z=z, fit=fit, good_match=asks_for_something and fit >= calibration.fit_threshold)
            for hit, z, fit in zip(hits, zs, fits, strict=True)
        ]

    def _asks_for_something(self, asked: Asked, calibration: Calibration) -> bool:
        """False for words that match their best items no better than meaningless words do."""
        if asked.modality != Modality.TEXT.value or asked.source >= 0:
            return True
        found = self.index_for(Raw()).top_k(asked.vector, 1)
        return calibration.asks_for_something(
            asked.vector, {m.value: self.vectors[rows] for m, (_, rows) in found.items()}
        )


def fit_on(method: Method, collection: Collection, query_modality: Modality, asked: CalibrationQueries) -> None:
    """Fit a method on a collection and calibration queries of one modality."""
    method.fit(
        asked.vectors,
        collection.vectors,
        collection.modality,
        query_modality=query_modality.value,
        exclude=asked.exclude,
        exclude_same=meets_no_copies(query_modality, asked),
    )
