"""A `Collection`: items and an engine over their vectors; calibrate it, search it, look at its gap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from modgap.calibration import FIT_THRESHOLD, Calibration
from modgap.calibration.convergence import Convergence, measure_convergence
from modgap.calibration.drift import Drift
from modgap.calibration.fit import best_items, fit_calibration, group_statistics
from modgap.calibration.foreign import foreign_warnings
from modgap.calibration.foreign_queries import foreign_query_warnings
from modgap.calibration.gap_report import Gap, measure_gap
from modgap.calibration.pair_queries import BOTH, pair_queries
from modgap.calibration.queries import CalibrationQueries, GivenQueries, automatic_text_queries, given_queries
from modgap.corpus import (
    Corpus,
    PictureOpener,
    Queries,
    ReadReport,
    Skipped,
    corpus_fingerprint,
    listed_counts,
    open_picture,
)
from modgap.corpus.fused import FusedItems
from modgap.corpus.index_folder import read_index
from modgap.corpus.item_columns import group_modality, groups_of, rows_by_id, rows_of_modality
from modgap.corpus.lazy_items import LazyItems
from modgap.encoders import Encoder
from modgap.encoders.base import require_vectors_of
from modgap.encoders.encode_items import encode_items
from modgap.engines.base import Engine
from modgap.engines.exact import ExactEngine
from modgap.engines.indexes import build_index, index_name
from modgap.engines.recall import QUERIES as RECALL_QUERIES
from modgap.engines.recall import Recall, measure_recall
from modgap.errors import CalibrationError, ModgapError, VectorError
from modgap.io.vector_cache import VectorCache
from modgap.items import Item, Modality, counts_in_words
from modgap.methods import DEFAULT_METHOD, Method, method_by_name
from modgap.methods.centroids import mean_vector
from modgap.methods.i0t import Normalisers
from modgap.methods.pseudo_positives import pseudo_positive_scores, require_two_groups
from modgap.metrics.gap import Pairs
from modgap.progress import Progress, silent
from modgap.search.comparison import Comparison
from modgap.search.fusion import FUSIONS, Fusion
from modgap.search.gain import FIRST, Gain, measure_gain
from modgap.search.hits import Hits
from modgap.search.known_pairs import known_pairs
from modgap.search.query import EncodedQuery, SearchQuery, encode_queries, encode_query
from modgap.search.saved import encoder_of_index, save_index, saved_calibration, saved_engine, saved_recall
from modgap.search.searcher import Searcher
from modgap.vectors import Vectors, group_array, unit_vectors

VECTORS = "vectors"  # the model's name where vectors came precomputed


class Collection:
    """Encoded items of one corpus. Make it with `Collection.encode` or `Collection.from_vectors`.

    items: (n,). vectors: (n, d) unit rows.
    item_groups: (n,) the group of each. skipped: the items that could not be encoded.
    engine: answers every question about the vectors; by default they are compared exactly, in memory.
    calibration: set by `calibrate` or `use`; None before. calibration_queries: the queries behind it, by modality, from
        which other methods learn; empty where the calibration came from a file. normalisers: those of I0T_async, set
        by `use_normalisers` or brought by a calibration; None: it trains its own.
    fused: which rows make one item, such as a product's picture and its text; None where every row stands alone.
    recall: how much of the exact results an approximate index finds, by group; empty for an exact engine, or before
        `calibrate` has measured it.
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
        engine: Engine | None = None,
    ) -> None:
        if not items:
            reasons = "".join(f"; {each.id} {each.reason}" for each in list(skipped)[:3])
            raise ModgapError(f"The collection is empty: nothing in the corpus could be encoded{reasons}.")
        self.items: Sequence[Item] = items if isinstance(items, LazyItems) else list(items)
        self.vectors = vectors
        self.item_groups = groups_of(self.items)
        self.engine = engine or ExactEngine(vectors, self.item_groups, group_modality=group_modality(self.items))
        self.encoder = encoder
        self.model = encoder.name if encoder is not None else model
        self.skipped = list(skipped)
        self.corpus = corpus  # keeps the unpacked files of an archive
        self.calibration: Calibration | None = None
        self.calibration_queries: dict[Modality, CalibrationQueries] = {}
        self.calibration_warnings: list[str] = []
        self.normalisers: Normalisers | None = None
        self.recall: list[Recall] = []
        self._calibrated_on_disk = False  # by the index folder, which does not hold the queries behind it
        self.fused = FusedItems.of(self.items)
        self._fusion = None if self.fused is None else Fusion(self.fused)
        self._searcher = Searcher(self.items, self.engine, fusion=self._fusion)

    @classmethod
    def encode(
        cls,
        corpus: Corpus,
        encoder: Encoder | None = None,
        *,
        cache: VectorCache | None = None,
        open_picture: PictureOpener = open_picture,
        index: str = "exact",
        progress: Progress = silent,
    ) -> Collection:
        """Encode a corpus; a corpus of precomputed vectors is taken as it is and needs no encoder.

        encoder: with precomputed vectors, the one that made them, so that queries may be words and pictures.
        cache: where known vectors are found and new ones kept, the collection's later queries included. None writes
        nothing to disk, which is right wherever the corpora of several people meet.
        open_picture: what decodes pictures; `SafeDecoder.open_picture` for files of strangers.
        index: "exact", or "hnsw" for an approximate index, which suits more than 200,000 items; an index folder that
            has one keeps it.
        Raises ModgapError for a corpus of files without an encoder, ModelError for vectors that are not the encoder's.
        """
        if corpus.vectors is not None:
            if encoder is not None:
                require_vectors_of(encoder, corpus.vectors, corpus.model)
                encoder = encoder.with_cache(cache) if cache is not None else encoder
            name = corpus.model or VECTORS
            found = cls(
                corpus.items, corpus.vectors, encoder=encoder, model=name, skipped=corpus.skipped, corpus=corpus
            )
            found._open_saved()
            return found.with_index(index, progress=progress) if index != "exact" else found
        if encoder is None:
            raise ModgapError("A corpus of files needs an encoder: Collection.encode(corpus, modgap.load_encoder()).")
        if cache is not None:
            encoder = encoder.with_cache(cache)
        encoded = encode_items(corpus.items, encoder, open_picture=open_picture, progress=progress)
        skipped = [*corpus.skipped, *encoded.skipped]
        found = cls(encoded.items, encoded.vectors, encoder=encoder, skipped=skipped, corpus=corpus)
        return found.with_index(index, progress=progress) if index != "exact" else found

    @classmethod
    def load(cls, folder: str | Path, encoder: Encoder | None = None) -> Collection:
        """The collection of an index folder, calibrated if it was when `save` wrote it; vectors stay on disk.

        encoder: for queries in words and pictures; by default the one that the folder names, loaded at the first.
        Raises CorpusError for a folder that cannot be read, ModelError for an encoder that did not make its vectors.
        """
        corpus = read_index(Path(folder).expanduser())
        return cls.encode(corpus, encoder or encoder_of_index(corpus))

    def save(self, folder: str | Path) -> Path:
        """Write items, vectors and calibration as an index folder; an older index folder there is replaced.

        Every command takes it as a corpus. Pictures stay where they are: the folder holds their paths.
        Raises CorpusError if something else lies there, or the folder cannot be written.
        """
        return save_index(
            Path(folder),
            self.items,
            self.vectors,
            self.engine,
            model="" if self.model == VECTORS else self.model,
            encoder=self.encoder,
            fingerprint=self.fingerprint,
            corpus=self.corpus,
            calibration=self.calibration,
            recall=self.recall,
        )

    def __repr__(self) -> str:
        state = "not calibrated" if self.calibration is None else "calibrated"
        return f"<{type(self).__name__}: {counts_in_words(self.counts)}, {self.model}, {state}>"

    def __len__(self) -> int:
        """How many rows it has: an item that is a picture and a text at once has two."""
        return sum(self.counts.values())

    def __bool__(self) -> bool:
        return True

    def __getitem__(self, name: str) -> Item:
        """The item of an id. Raises KeyError."""
        self.look_up([name])
        return self.items[self.row_of[name]]

    @property
    def fusion(self) -> str:
        """How the values of a picture and a text that make one item are merged: "max" or "mean"."""
        return self._fusion.how if self._fusion is not None else FUSIONS[0]

    @property
    def fusion_of_items(self) -> Fusion | None:
        """The merge by item; None where every row stands alone."""
        return self._fusion

    def with_fusion(self, how: str) -> Collection:
        """Merge items that are a picture and a text at once by "max" (either fits) or "mean" (both fit) from now on.

        Returns the collection. Raises ModgapError for another name.
        """
        if how not in FUSIONS:
            raise ModgapError(f'There is no fusion "{how}": {" or ".join(FUSIONS)}.')
        if self.fused is not None:
            self._fusion = Fusion(self.fused, how)
            self._renew_searcher()
        return self

    @property
    def index(self) -> str:
        """Which index answers searches: "exact", "hnsw", or another engine's class."""
        return index_name(self.engine)

    def with_index(self, name: str, *, progress: Progress = silent) -> Collection:
        """Search with another index from now on: "exact", or "hnsw", which is built; returns the collection.

        Raises EngineError for another name.
        """
        modality = self.engine.group_modality
        self._set_engine(build_index(name, self.vectors, self.item_groups, modality, progress=progress))
        self.recall = []
        return self

    @classmethod
    def from_vectors(
        cls,
        ids: Sequence[str],
        modality: Sequence[str],
        vectors: ArrayLike,
        *,
        groups: Sequence[str] | None = None,
        model: str = VECTORS,
    ) -> Collection:
        """A collection of precomputed vectors (n, d) of any encoder.

        ids: (n,). modality: (n,) of "image" / "text", or any other names of groups, whose items count as texts.
        groups: (n,) any names, where they are others than the modality. model: its name in the calibration.
        Raises VectorError for vectors, ids, modalities or groups that cannot be used.
        """
        names = [str(name) for name in ids]
        if len(set(names)) != len(names):
            raise VectorError("`ids` must differ from one another: they tell the items apart.")
        unit = unit_vectors(vectors, ids=names)
        modalities = group_array(modality, n=unit.shape[0], what="modality").tolist()
        named = modalities if groups is None else group_array(groups, n=unit.shape[0], what="groups").tolist()
        unknown = sorted(set(modalities) - {m.value for m in Modality}) if groups is not None else []
        if unknown:
            raise VectorError(f'`modality` is "image" or "text" beside `groups`; got "{unknown[0]}".')
        items = [
            Item(name, Modality.from_group(word), group=group)
            for name, word, group in zip(names, modalities, named, strict=True)
        ]
        return cls(items, unit, model=model)

    @cached_property
    def modality(self) -> NDArray[np.str_]:
        """(n,) of "image" / "text", the tower that encodes each item."""
        modality = np.full(len(self.items), Modality.TEXT.value, dtype="<U5")
        modality[rows_of_modality(self.items, Modality.IMAGE)] = Modality.IMAGE.value
        return modality

    @cached_property
    def row_of(self) -> Mapping[str, int]:
        """The row of each id."""
        return rows_by_id(self.items)

    @property
    def dimension(self) -> int:
        return self.engine.dimension

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups that have items."""
        return self.engine.groups

    @property
    def counts(self) -> dict[str, int]:
        """Items by group: {"text": n, "image": n}, ..."""
        return listed_counts({group: self.engine.count(group) for group in self.engine.groups})

    @cached_property
    def fingerprint(self) -> str:
        """The corpus fingerprint that a calibration repeats; see `corpus_fingerprint`."""
        if self.corpus is not None and self.corpus.fingerprint:
            return self.corpus.fingerprint
        return corpus_fingerprint(self.items, self.vectors)

    @property
    def report(self) -> ReadReport:
        """The items that were read and encoded, and the reasons for those left out."""
        if self.corpus is None:
            return ReadReport(self.counts, self.skipped)
        return ReadReport(self.counts, self.skipped, self.corpus.duplicates, self.corpus.cut)

    def gap(
        self,
        queries: GivenQueries | None = None,
        *,
        pairs: Pairs | None = None,
        pair: tuple[str, str] | None = None,
        progress: Progress = silent,
    ) -> Gap:
        """Measure the gap between two groups, before and after I0T_post and standardization.

        queries: for the metrics of rankings; text queries only, automatic ones if None. pairs: items of the two groups
            that belong together, (p, d) each; `known_pairs` if None. pair: the two groups; pictures and passages if
            left out.
        Raises CalibrationError for a corpus of one group.
        """
        require_two_groups(self.counts)
        text_queries = self._calibration_queries(queries, progress).get(Modality.TEXT)
        if pairs is None and pair in (None, ("image", "text")):
            pairs = self.known_pairs()
        return measure_gap(self.engine, queries=text_queries, pairs=pairs, pair=pair, progress=progress)

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
            queries have statistics of their own; where no picture is among the queries, the corpus's own pictures
            serve.
        k: the mean of the k best items stands for a pseudo-positive score. ddof: of the standard deviation.
        fit_threshold: the fit below which a hit is no good match.
        Raises CalibrationError for fewer than 2 queries or a corpus of one group, naming the cause.
        """
        if k < 1 or ddof not in (0, 1):
            raise CalibrationError(f"k is at least 1 and ddof 0 or 1; got k = {k} and ddof = {ddof}.")
        require_two_groups(self.counts)
        calibration, used = fit_calibration(
            self.items,
            self.engine,
            self._calibration_queries(queries, progress),
            model=self.model,
            counts=self.counts,
            fingerprint=self.fingerprint,
            fit_threshold=fit_threshold,
            encoder=self.encoder,
            normalisers=self.normalisers,
            k=k,
            ddof=ddof,
            progress=progress,
        )
        self._set_calibration(calibration, used)
        self.calibration_warnings += self.query_warnings(queries)
        words = used.get(Modality.TEXT) or next(iter(used.values()))
        self.recall = self._measured_recall(words.vectors)
        return calibration

    def use(
        self,
        calibration: Calibration,
        queries: dict[Modality, CalibrationQueries] | None = None,
        *,
        strict: bool = False,
    ) -> None:
        """Search with a calibration that was made before.

        One of another state of this corpus, or of vectors whose means lie elsewhere, is used with a warning in
        `calibration_warnings`.

        queries: the ones behind it, by modality, where they are known; other methods learn from them.
        strict: raise in place of such a warning.
        Raises CalibrationError if it is for another model, or lacks a group of this corpus.
        """
        calibration.require(model=self.model, dimension=self.dimension, groups=self.groups)
        named = self.model != VECTORS
        foreign = foreign_warnings(calibration, self.engine, self.counts, self.fingerprint, model_is_named=named)
        if strict and foreign:
            raise CalibrationError(" ".join(foreign))
        self.normalisers = calibration.normalisers or self.normalisers
        self._set_calibration(calibration, queries or {}, foreign)

    def use_normalisers(self, normalisers: Normalisers) -> None:
        """Let I0T_async take these; calibrate after it, so that the artefact carries them and their statistics.

        Raises CalibrationError if they are for another model.
        """
        normalisers.require(model=self.model, dimension=self.dimension)
        self.normalisers = normalisers
        self._renew_searcher()

    def calibration_in_use(self) -> Calibration:
        """The calibration. Raises CalibrationError where there is none yet."""
        if self.calibration is None:
            raise CalibrationError("This collection is not calibrated yet: calibrate it, or use a saved calibration.")
        return self.calibration

    def update(self, queries: GivenQueries, *, progress: Progress = silent) -> Calibration:
        """Merge new queries into the calibration in use, with its own k and ddof; keep the result and return it.

        Raises CalibrationError where there is no calibration yet, or it was made for another state of this corpus.
        """
        calibration = self._calibration_of_this_corpus()
        for modality, given in given_queries(queries, self.encoder, self.dimension).items():
            calibration = calibration.update(
                self._best_scores(modality, given, calibration, progress),
                query_modality=modality.value,
                description=given.origin.description,
            )
        self._set_calibration(calibration, {})
        return calibration

    def drift(self, queries: GivenQueries, *, progress: Progress = silent) -> list[Drift]:
        """Whether new queries still fit the calibration in use: one answer for each query modality and group.

        Raises CalibrationError as `update` does, and for queries of a modality without statistics.
        """
        calibration, found = self._calibration_of_this_corpus(), []
        for modality, given in given_queries(queries, self.encoder, self.dimension).items():
            calibration.statistics_for(modality.value)
            best = self._best_scores(modality, given, calibration, progress)
            found += calibration.drift(best, query_modality=modality.value)
        return found

    def gain(self, k: int = FIRST) -> Gain | None:
        """How many of the calibration queries show an item of the hidden group among their first k, before and after.

        None for one group alone, or where a loaded calibration came without its queries. Raises CalibrationError before
        `calibrate` or `use`.
        """
        return measure_gain(
            self.engine, self.calibration_in_use(), self.calibration_queries, fusion=self.fusion_of_items, k=k
        )

    def convergence(
        self, queries: GivenQueries | None = None, *, depth: int = 10, seed: int = 0, progress: Progress = silent
    ) -> Convergence:
        """After how many queries of one modality (words where both are given) the top `depth` stops changing.

        queries: as for `calibrate`. Needs no calibration and makes none.
        """
        modality, given = next(iter(self._calibration_queries(queries, progress).items()))
        found = best_items(self.engine, given, modality, k=depth, progress=progress)
        return measure_convergence({group: each.scores for group, each in found.items()}, seed=seed)

    def query_warnings(self, queries: GivenQueries | None) -> list[str]:
        """A warning for query vectors that are probably of another model; empty for words, and where nothing tells."""
        vectors = queries.vectors if isinstance(queries, Queries) else queries
        if not isinstance(vectors, np.ndarray):
            return []
        return foreign_query_warnings(self.engine, unit_vectors(vectors, what="query vectors"))

    def encode_query(self, query: SearchQuery) -> EncodedQuery:
        """A query as `search` and `compare` take it, encoded once for several calls. Raises as `search` does."""
        return encode_query(query, self.engine, self.row_of, self.encoder)

    def encode_queries(self, queries: Queries) -> list[EncodedQuery]:
        """The queries of a file as `search` and `compare` take them, encoded together.

        Raises ModgapError for words without an encoder, a picture that cannot be decoded, vectors of another width.
        """
        return encode_queries(queries, self.engine, self.encoder)

    def search(self, query: SearchQuery, k: int = 10, *, method: str = DEFAULT_METHOD) -> Hits:
        """The k best items for words, a picture's path, a picture, an item of the collection or a vector (d,), or for
        several of these together (`MixedQuery`).

        method: any name of `modgap.methods`, or a stack of them. An item does not find itself. Calibrates on automatic
            queries where the method learns and the collection is not calibrated yet. A hit's `value` is what the method
            ranked by; its score, z and fit are those of the vectors as encoded, whatever the method.
        Raises ModgapError for an empty query or an unknown method, CalibrationError for a method that learns from
        labels, or from queries that a loaded calibration does not carry.
        """
        chosen = self._searchable(method)
        lacks_queries = self._calibrated_on_disk and not chosen.in_artefact
        if chosen.needs_fit and (self.calibration is None or lacks_queries):
            self.calibrate()
        encoded = self.encode_query(query)
        self._calibrate_pairs(encoded)
        return Hits(self._searcher.search(encoded, k, chosen))

    def compare(self, query: SearchQuery, k: int = 10, *, other: str | None = None) -> Comparison:
        """Raw and calibrated results of one query side by side, with each item's change of rank.

        other: another method to show beside them. Raises as `search` does.
        """
        if self.calibration is None:
            self.calibrate()
        third = self._searchable(other) if other is not None else None
        encoded = self.encode_query(query)
        self._calibrate_pairs(encoded)
        return self._searcher.compare(encoded, k, third)

    def look_up(self, ids: Iterable[str]) -> None:
        """Make `row_of` know the items of these ids that are there; here it knows all."""

    @property
    def sample(self) -> Collection:
        """A collection whose vectors are at hand: itself, unless they are in a live engine."""
        return self

    def known_pairs(self, *, progress: Progress = silent) -> Pairs | None:
        """Pictures and texts that the corpus says belong together, (p, d) each; None where it says nothing.

        Those of a file of paired vectors; else pictures and their captions, where there are any and an encoder is.
        """
        return known_pairs(self.corpus, self.items, self.engine, self.encoder, self.fused, progress=progress)

    def _calibration_queries(
        self, queries: GivenQueries | None, progress: Progress
    ) -> dict[Modality, CalibrationQueries]:
        if queries is None:
            automatic = automatic_text_queries(self.items, self.engine, self.encoder, progress=progress)
            return {Modality.TEXT: automatic}
        return given_queries(queries, self.encoder, self.dimension)

    def _calibrate_pairs(self, query: EncodedQuery) -> None:
        """Learn the statistics of words and a picture together at the first such query; the calibration keeps them."""
        used = self.calibration
        if query.modality != BOTH or used is None or BOTH in used.statistics:
            return
        words = self.calibration_queries.get(Modality.TEXT)
        words = words or self._calibration_queries(None, silent)[Modality.TEXT]
        pairs = pair_queries(self.items, self.engine, words)
        k, ddof = used.parameters["k"], used.parameters["ddof"]
        best = best_items(self.engine, pairs, Modality.IMAGE, k=k)
        self.calibration = replace(
            used,
            statistics={**used.statistics, BOTH: group_statistics(best, k=k, ddof=ddof)},
            queries={**used.queries, BOTH: pairs.origin},
            means={**used.means, f"query.{BOTH}": mean_vector(pairs.vectors)},
        )
        self._renew_searcher()

    def _open_saved(self) -> None:
        """Search with the approximate index and the calibration of the index folder, if this is one that has them."""
        engine = saved_engine(self.corpus, self.vectors, self.item_groups, self.engine.group_modality)
        if engine is not None and self.corpus is not None:
            self._set_engine(engine)
            self.recall = saved_recall(self.corpus)
        if calibration := saved_calibration(self.corpus):
            self.use(calibration)
            self._calibrated_on_disk = True

    def _renew_searcher(self) -> None:
        self._searcher = Searcher(
            self.items, self.engine, self.calibration, self.calibration_queries, fusion=self._fusion
        )

    def _set_engine(self, engine: Engine) -> None:
        self.engine = engine
        self._renew_searcher()

    def _set_calibration(
        self, calibration: Calibration, queries: dict[Modality, CalibrationQueries], warnings: Sequence[str] = ()
    ) -> None:
        """Search with this calibration from now on; methods learn from `queries`, the ones that it was made with."""
        self.calibration, self._calibrated_on_disk = calibration, False
        self.calibration_warnings = [*warnings, *calibration.missing()]
        self.calibration_queries = queries
        self._renew_searcher()

    def _measured_recall(self, queries: Vectors, most: int = RECALL_QUERIES) -> list[Recall]:
        """The recall of an approximate index on the first `most` queries (n, d); empty for an exact engine."""
        exact = self.engine.exact()
        return [] if exact is None else measure_recall(self.engine, exact, queries[:most])

    @property
    def low_recall_remedy(self) -> str:
        """What to do where an index misses much."""
        return "`modgap index --index exact` where it matters"

    def _best_scores(
        self, modality: Modality, given: CalibrationQueries, calibration: Calibration, progress: Progress
    ) -> dict[str, NDArray[np.float32]]:
        k = calibration.parameters["k"]
        return pseudo_positive_scores(best_items(self.engine, given, modality, k=k, progress=progress), k=k)

    def _calibration_of_this_corpus(self) -> Calibration:
        calibration = self.calibration_in_use()
        if calibration.fingerprint != self.fingerprint:
            raise CalibrationError(
                "The corpus has changed since it was calibrated, so new queries cannot be compared with the earlier "
                "ones: calibrate again."
            )
        return calibration

    def _searchable(self, name: str) -> Method:
        method = method_by_name(name, self.normalisers)
        if method.needs_labels:
            raise CalibrationError(f'The method "{name}" learns from labels: it is for evaluation, not for search.')
        return method
