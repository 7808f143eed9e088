"""A live engine: vectors in a server or in its file, reached by queries alone.

Items are known to modgap by rows, and to an engine by ids: an id gets a row when it is first seen. Nothing but a
stated sample of each group is fetched as vectors; means and metrics of vectors come from it.

    sampling error of a mean m of n of N unit vectors    e = sqrt((1 - ||m||^2) / n * (1 - n / N))
"""

from __future__ import annotations

import functools
import math
import threading
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from modgap.engines.advice import Advice
from modgap.engines.base import SAME, Engine, TopK
from modgap.engines.engine_url import EngineUrl
from modgap.engines.exact import ExactEngine
from modgap.engines.exclusions import excluded_ranges
from modgap.engines.stored import Stored, batches, same_item
from modgap.errors import EngineError
from modgap.items import Modality, ordered_groups
from modgap.progress import Progress, silent
from modgap.vectors import Vectors

SAMPLE = 2000  # vectors of each group that are fetched, for means and metrics
BATCH = 64  # queries sent together
PUSH_BATCH = 500  # items written together
MOST_GROUPS = 50  # a field with more values is not a group
ENOUGH = 0.9  # of the k wanted: an approximate index may miss some, one that serves no group misses most
F = TypeVar("F", bound=Callable[..., object])


def one_at_a_time(method: F) -> F:
    """A method of `LiveEngine` that several threads may call: each waits for the one before."""

    @functools.wraps(method)
    def locked(self: LiveEngine, *arguments: object, **options: object) -> object:
        with self._lock:
            return method(self, *arguments, **options)

    return cast(F, locked)


class LiveEngine(Engine):
    """Base of the live engines. A subclass answers in ids and cosines; this class turns them into rows.

    url: where it is. sample: how many vectors of each group are fetched for means.
    Every failure of an engine is raised as EngineError, in one sentence.
    """

    def __init__(self, url: EngineUrl, *, sample: int = SAMPLE) -> None:
        self.url = url
        self.sample_size = sample
        self.ids: list[str] = []
        self.texts: list[str | None] = []  # None: without words, or not read yet
        self._read: set[int] = set()  # rows whose words were read
        self.row_of: dict[str, int] = {}
        self._group_of: list[str] = []
        self._vectors: dict[int, Vectors] = {}
        self._drawn: list[Stored] | None = None
        self._sampled: ExactEngine | None = None
        self._counts: dict[str, int] | None = None
        self._lock = threading.RLock()  # one request at a time: a client's connection and the rows are shared

    # What a subclass answers

    @abstractmethod
    def _count_groups(self) -> dict[str, int]:
        """Items by group."""

    @abstractmethod
    def _nearest(self, queries: Vectors, k: int, group: str) -> list[list[tuple[str, float]]]:
        """(id, cosine) of the k nearest items of a group for each query."""

    @abstractmethod
    def _fetch(self, ids: Sequence[str]) -> list[Stored]:
        """The items of these ids that are there, in any order."""

    @abstractmethod
    def _draw(self, group: str, n: int) -> list[Stored]:
        """n items of a group, the same ones each time while nothing is written."""

    @abstractmethod
    def create(self, dimension: int, model: str) -> None:
        """Make the table or collection, if it is not there. model: the name to keep beside it."""

    @abstractmethod
    def write(self, items: Sequence[Stored]) -> None:
        """Write items; those of the same ids are replaced."""

    def finish(self, groups: Sequence[str]) -> None:
        """What is done once after `write`: indexes that serve these groups."""

    @property
    def model(self) -> str:
        """The name of the model that made the vectors, if `push` left it there; else empty."""
        return ""

    @abstractmethod
    def advice(self, queries: Vectors, k: int = 10) -> Advice:
        """How well the indexes serve one top-k a group, and what to create. queries: (n, d)."""

    # What every engine answers

    @property
    def groups(self) -> tuple[str, ...]:
        return tuple(ordered_groups(list(self._known_counts())))

    def count(self, group: str) -> int:
        return self._known_counts().get(group, 0)

    @one_at_a_time
    def _known_counts(self) -> dict[str, int]:
        if self._counts is None:
            self._counts = {group: n for group, n in sorted(self._count_groups().items()) if n}
            if not self._counts:
                raise EngineError(f"{self.url.place}, is empty: push a corpus first (modgap push CORPUS URL).")
            if len(self._counts) > MOST_GROUPS:
                counts, self._counts = self._counts, None
                raise EngineError(
                    f'"{self.url.group}" in {self.url.place}, has more than {MOST_GROUPS} values (such as '
                    f'"{next(iter(counts))}"), so it does not name groups: name the field that does with group=NAME in '
                    f"the URL."
                )
        return self._counts

    @one_at_a_time
    def top_k(
        self,
        queries: Vectors,
        k: int,
        group: str,
        *,
        exclude: NDArray[np.intp] | None = None,
        exclude_same: bool = False,
        keep_all: bool = False,
        progress: Progress = silent,
    ) -> TopK:
        if queries.shape[1] != self.dimension:
            raise EngineError(f"The queries have {queries.shape[1]} dimensions and {self.url.place} {self.dimension}.")
        count = self.count(group)
        if not count:
            raise EngineError(f'{self.url.place}, has no group "{group}". It has: {", ".join(self.groups)}.')
        wanted = min(k, count)
        without = self._excluded_ids(exclude, len(queries))
        scores = np.full((len(queries), wanted), -np.inf, dtype=np.float32)
        rows = np.zeros((len(queries), wanted), dtype=np.intp)
        for start in range(0, len(queries), BATCH):
            batch = slice(start, min(start + BATCH, len(queries)))
            found = self._kept(queries[batch], wanted, group, without[batch], exclude_same)
            for query, hits in enumerate(found, start=start):
                best = sorted(((cosine, self._row(name, group)) for name, cosine in hits), key=lambda h: (-h[0], h[1]))
                for place, (cosine, row) in enumerate(best[:wanted]):
                    scores[query, place], rows[query, place] = cosine, row
            progress("Asking the engine", count * batch.stop // len(queries), count)
        return TopK(scores, rows)

    def _kept(
        self, queries: Vectors, k: int, group: str, without: list[set[str]], exclude_same: bool
    ) -> list[list[tuple[str, float]]]:
        """The k best of each query that it is allowed; asks for more where exclusions leave fewer."""
        count, depth = self.count(group), k + max(map(len, without), default=0) + (1 if exclude_same else 0)
        while True:
            depth = min(depth, count)
            found = self._nearest(queries, depth, group)
            fewest = min(map(len, found), default=depth)
            if fewest < ENOUGH * k:
                self._few(fewest, k, group)
            kept = [
                [(name, s) for name, s in hits if name not in names and not (exclude_same and s > SAME)]
                for hits, names in zip(found, without, strict=True)
            ]
            if depth >= count or all(len(hits) >= ENOUGH * k for hits in kept):
                return kept
            depth *= 2

    def _few(self, got: int, wanted: int, group: str) -> None:
        raise EngineError(
            f'{self.url.place}, gave {got} of {wanted} items of the group "{group}": its index does not serve one '
            f"search a group, so statistics and rankings would be wrong. `modgap check URL` says what to create."
        )

    def _excluded_ids(self, exclude: NDArray[np.intp] | None, n: int) -> list[set[str]]:
        if exclude is None:
            return [set() for _ in range(n)]
        ranges = excluded_ranges(exclude).tolist()
        return [
            {
                self.ids[row]
                for first, last in zip(each[::2], each[1::2], strict=True)
                for row in range(max(first, 0), max(last, 0))
            }
            for each in ranges
        ]

    @one_at_a_time
    def vectors_of(self, rows: NDArray[np.intp]) -> Vectors:
        wanted = [int(row) for row in np.asarray(rows).ravel()]
        missing = list(dict.fromkeys(row for row in wanted if row not in self._vectors))
        fetched: dict[int, Vectors] = {}
        for part in batches(missing, PUSH_BATCH):
            found = {each.id: each for each in self._fetch([self.ids[row] for row in part])}
            if absent := [self.ids[row] for row in part if self.ids[row] not in found]:
                raise EngineError(f'{self.url.place}, no longer has the item "{absent[0]}": search again.')
            fetched |= {row: found[self.ids[row]].vector for row in part}
        if not wanted:
            return np.empty((0, self.dimension), dtype=np.float32)
        return np.stack([self._vectors[row] if row in self._vectors else fetched[row] for row in wanted])

    def groups_of(self, rows: NDArray[np.intp]) -> NDArray[np.str_]:
        return np.asarray([self._group_of[row] for row in np.asarray(rows).tolist()])

    @property
    def group_modality(self) -> Mapping[str, str]:
        return {group: Modality.from_group(group).value for group in self.groups}

    def mean(self, group: str) -> Vectors:
        return self.sampled().mean(group)

    def items_behind_mean(self, group: str) -> int:
        return self.sampled().count(group)

    @one_at_a_time
    def drawn(self) -> list[Stored]:
        """The sample: `sample_size` items of each group, fetched at the first call."""
        if self._drawn is None:
            self._drawn = [each for group in self.groups for each in self._draw(group, self.sample_size)]
            for each in self._drawn:
                row = self._row(each.id, each.group)
                self._vectors[row] = each.vector
                self._keep_text(row, each.text)
        return self._drawn

    @one_at_a_time
    def sampled(self) -> ExactEngine:
        """An exact engine over the sample, in its order."""
        if self._sampled is None:
            drawn = self.drawn()
            vectors = np.stack([each.vector for each in drawn])
            modality = self.group_modality
            self._sampled = ExactEngine(vectors, [each.group for each in drawn], group_modality=modality, device="cpu")
        return self._sampled

    def sampling_errors(self) -> dict[str, tuple[int, float]]:
        """By group, the size of the sample and the standard error of its mean vector (see the module)."""
        found = {}
        for group in self.groups:
            n, mean = self.sampled().count(group), self.mean(group).astype(np.float64)
            left = max(0.0, 1 - n / self.count(group))
            found[group] = n, math.sqrt(max(0.0, 1 - float(mean @ mean)) / n * left)
        return found

    @one_at_a_time
    def know(self, ids: Sequence[str]) -> None:
        """Give rows to the items of these ids that are there, such as those that labels name."""
        unknown = [name for name in dict.fromkeys(ids) if name not in self.row_of]
        for part in batches(unknown, PUSH_BATCH):
            for each in self._fetch(part):
                self._keep_text(self._row(each.id, each.group), each.text)

    @one_at_a_time
    def read_texts(self, rows: Sequence[int]) -> None:
        """Fetch the words of these items, where the engine has them and they are not known yet."""
        unknown = [self.ids[row] for row in dict.fromkeys(rows) if row not in self._read]
        for each in self._fetch(unknown) if unknown else ():
            self._keep_text(self.row_of[each.id], each.text)

    def _keep_text(self, row: int, text: str | None) -> None:
        self.texts[row] = text
        self._read.add(row)

    @one_at_a_time
    def push(self, items: Sequence[Stored], *, model: str = "", progress: Progress = silent) -> int:
        """Write items that are not there yet, or are there with other vectors; returns how many were written.

        Batch by batch, so that a run that was stopped goes on where it was. Ends with indexes for each group.
        """
        if not items:
            return 0
        self.create(len(items[0].vector), model)
        written = done = 0
        for batch in batches(items, PUSH_BATCH):
            there = {each.id: each for each in self._fetch([each.id for each in batch])}
            new = [each for each in batch if not same_item(each, there.get(each.id))]
            if new:
                self.write(new)
            written, done = written + len(new), done + len(batch)
            progress("Writing to the engine", done, len(items))
        self._counts = self._drawn = self._sampled = None
        self.finish(ordered_groups(list(dict.fromkeys(each.group for each in items))))
        return written

    def _row(self, name: str, group: str) -> int:
        row = self.row_of.get(name)
        if row is None:
            row = self.row_of[name] = len(self.ids)
            self.ids.append(name)
            self.texts.append(None)
            self._group_of.append(group)
        return row

    def group_at(self, row: int) -> str:
        """The group of a row."""
        return self._group_of[row]
