"""A `Collection` over a live engine: the vectors stay where they are, and one small calibration comes back.

    collection = modgap.connect("postgresql://localhost/shop?table=items&vector=embedding&group=modality", encoder)
    collection.calibrate(modgap.read_queries("queries.txt")).save("calibration.json")
    collection.search("a red bridge")

A calibration needs the best score of each group for a few hundred queries, which any engine can answer. Means, gap
metrics and automatic queries come from a sample of each group, whose size and error the calibration keeps.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from modgap.calibration import Calibration
from modgap.calibration.gap_report import Gap
from modgap.calibration.queries import GivenQueries
from modgap.corpus.fused import fused_id
from modgap.encoders import Encoder
from modgap.engines.advice import Advice
from modgap.engines.connect import open_engine
from modgap.engines.live import SAMPLE, LiveEngine
from modgap.engines.recall import Recall
from modgap.engines.stored import Stored
from modgap.errors import EngineError
from modgap.items import Item, Modality
from modgap.methods import DEFAULT_METHOD
from modgap.metrics.gap import Pairs
from modgap.progress import Progress, silent
from modgap.search.collection import VECTORS, Collection
from modgap.search.comparison import Comparison
from modgap.search.fusion import Fusion
from modgap.search.gain import FIRST, Gain
from modgap.search.hits import Hits
from modgap.search.live_fused import LiveFusedItems
from modgap.search.query import SearchQuery
from modgap.vectors import Vectors

_PART = re.compile(r"(.+)#\d+")  # the id of a passage that was cut from a document
CHECK_QUERIES = 20


def connect(url: str, encoder: Encoder | None = None, *, model: str = "", sample: int = SAMPLE) -> LiveCollection:
    """The collection of a live engine (`modgap.engines.engine_url` has the URLs).

    encoder: the one that made the vectors, so that queries may be words and pictures. model: its name where no encoder
        is given; by default the one that `push` left in the engine.
    sample: how many vectors of each group are fetched for means, gap metrics and automatic queries.
    Raises EngineError for a URL that cannot be read, a client that is missing, or an engine that does not answer.
    """
    return LiveCollection(open_engine(url, sample=sample), encoder, model=model)


class LiveCollection(Collection):
    """The verbs of `Collection` over a live engine.

    Rows are given to items as they are met; `vectors` and `item_groups` are empty (`sample` has some).
    """

    engine: LiveEngine

    def __init__(self, engine: LiveEngine, encoder: Encoder | None = None, *, model: str = "") -> None:
        if encoder is not None and encoder.dimension != engine.dimension:
            raise EngineError(
                f"{engine.url.place}, holds vectors of {engine.dimension} dimensions and the model {encoder.name} "
                f"makes {encoder.dimension}: name the model that made them."
            )
        self.engine = engine
        self.items = LiveItems(engine)
        self.vectors: Vectors = np.empty((0, engine.dimension), dtype=np.float32)
        self.item_groups = np.empty(0, dtype=np.str_)
        self.encoder = encoder
        self.model = encoder.name if encoder is not None else model or engine.model or VECTORS
        self.skipped = []
        self.corpus = None
        self.calibration = None
        self.calibration_queries = {}
        self.calibration_warnings = []
        self.normalisers = None
        self.recall = []
        self.fused = LiveFusedItems(engine)
        self._fusion = Fusion(self.fused)
        self._calibrated_on_disk = False
        self._renew_searcher()

    @property
    def modality(self) -> NDArray[np.str_]:
        """The tower that encodes each item met so far."""
        return np.asarray([item.modality.value for item in self.items])

    @property
    def row_of(self) -> dict[str, int]:
        """The row of each id met so far; `look_up` meets others."""
        return self.engine.row_of

    @property
    def fingerprint(self) -> str:
        """Of the place and its counts: an engine that has grown is another state of its corpus."""
        known = [self.engine.url.place, *(f"{group} {n}" for group, n in sorted(self.counts.items()))]
        return "live:" + sha256("\n".join(known).encode()).hexdigest()[:32]

    @cached_property
    def sample(self) -> Collection:
        """The sample as a collection of its own, in memory."""
        drawn = self.engine.drawn()
        items = [_item(each.id, each.group, each.text) for each in drawn]
        vectors = np.stack([each.vector for each in drawn])
        return Collection(items, vectors, encoder=self.encoder, model=self.model)

    def look_up(self, ids: Iterable[str]) -> None:
        self.engine.drawn()  # first, so that automatic queries are the same ones whatever is looked up
        self.engine.know(list(ids))

    def calibrate(
        self, queries: GivenQueries | None = None, *, progress: Progress = silent, **options: Any
    ) -> Calibration:
        """As `Collection.calibrate`; automatic queries are of the sample, and the artefact keeps the sample's error."""
        self.engine.drawn()
        calibration = super().calibrate(queries, progress=progress, **options)
        sampled = {
            group: {"n": n, "error": round(error, 6)}
            for group, (n, error) in self.engine.sampling_errors().items()
            if n < self.engine.count(group)
        }
        warnings = self.calibration_warnings
        self._set_calibration(replace(calibration, sampled=sampled), self.calibration_queries)
        self.calibration_warnings = warnings
        return self.calibration_in_use()

    def gap(
        self,
        queries: GivenQueries | None = None,
        *,
        pairs: Pairs | None = None,
        pair: tuple[str, str] | None = None,
        progress: Progress = silent,
    ) -> Gap:
        """As `Collection.gap`, of the sample; a note says how large it is."""
        gap = self.sample.gap(queries, pairs=pairs, pair=pair, progress=progress)
        sizes = ", ".join(f"{self.sample.engine.count(g):,} of {n:,} {g}" for g, n in self.counts.items())
        return replace(gap, notes=[*gap.notes, f"Measured on a sample of the engine's vectors: {sizes}."])

    def gain(self, k: int = FIRST) -> Gain | None:
        """None: it would cost the engine as much as the calibration did."""
        return None

    def query_warnings(self, queries: GivenQueries | None) -> list[str]:
        return self.sample.query_warnings(queries)

    def search(self, query: SearchQuery, k: int = 10, *, method: str = DEFAULT_METHOD) -> Hits:
        """As `Collection.search`. Raises EngineError for a method that moves vectors, which lie elsewhere."""
        hits = super().search(query, k, method=method)
        self.engine.read_texts([self.row_of[hit.id] for hit in hits])
        return hits

    def compare(self, query: SearchQuery, k: int = 10, *, other: str | None = None) -> Comparison:
        found = super().compare(query, k, other=other)
        self.engine.read_texts([self.row_of[hit.id] for hit in (*found.raw, *found.calibrated)])
        return found

    def advice(self, k: int = 10) -> Advice:
        """Whether the engine's indexes serve one top-k a group, judged with items of the sample as queries."""
        drawn = self.engine.drawn()
        by_group = [[each for each in drawn if each.group == group][:CHECK_QUERIES] for group in self.groups]
        return self.engine.advice(np.stack([each.vector for part in by_group for each in part]), k)

    def _measured_recall(self, queries: Vectors, most: int = CHECK_QUERIES) -> list[Recall]:
        """As for an index of one's own, on fewer queries: an exact scan of a large table takes its time."""
        try:
            return super()._measured_recall(queries, most)
        except EngineError as error:
            self.calibration_warnings.append(f"How much the engine's index finds could not be measured: {error}")
            return []

    @property
    def low_recall_remedy(self) -> str:
        return "statistics and rankings of that group are off; `modgap check URL` says what to create"

    def save(self, folder: str | Path) -> Path:
        raise EngineError("The vectors are in an engine, so there is no folder to save: save the calibration.")

    def with_index(self, name: str, *, progress: Progress = silent) -> Collection:
        raise EngineError("The vectors are in an engine, which has indexes of its own: `check` looks at them.")


class LiveItems(Sequence[Item]):
    """The items of a live engine that were met so far, by row."""

    def __init__(self, engine: LiveEngine) -> None:
        self._engine = engine

    def __len__(self) -> int:
        return len(self._engine.ids)

    @overload
    def __getitem__(self, row: int) -> Item: ...

    @overload
    def __getitem__(self, row: slice) -> list[Item]: ...

    def __getitem__(self, row: int | slice) -> Item | list[Item]:
        if isinstance(row, slice):
            return [self[each] for each in range(*row.indices(len(self)))]
        engine = self._engine
        return _item(engine.ids[row], engine.group_at(row), engine.texts[row])


def push(collection: Collection, url: str, *, progress: Progress = silent) -> int:
    """Write the items of a collection to a live engine; returns how many were new there.

    Raises EngineError where the engine refuses; what was written stays, and a second run goes on.
    """
    engine = open_engine(url)
    stored = [
        Stored(item.id, item.group, vector, item.text or item.caption)
        for item, vector in zip(collection.items, collection.vectors, strict=True)
    ]
    name = collection.model if collection.model != VECTORS else ""
    return engine.push(stored, model=name, progress=progress)


def _item(name: str, group: str, text: str | None) -> Item:
    modality = Modality.from_group(group)
    if modality is Modality.IMAGE:
        return Item(name, modality, caption=text, group=group, parent=name)
    part, parent = _PART.fullmatch(name), fused_id(name)
    source = part.group(1) if part else None
    return Item(name, modality, text=text, source=source, group=group, parent=parent if parent != name else "")
