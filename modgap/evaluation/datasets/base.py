"""The interface of data set loaders, and what they share: files by name, rows, checked labels."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from modgap.corpus import Corpus, Queries, Query
from modgap.corpus.fused import TEXT_SUFFIX
from modgap.corpus.text import clean_text
from modgap.errors import CorpusError
from modgap.items import Item, Modality

_DRAW_STREAM = 2  # so that the draw is independent of what else the seed decides
MAX_LINE_CHARACTERS = 10**7  # the longest official row has some thousands


@dataclass(frozen=True)
class LoadOptions:
    """The options of a loader; see `load_dataset`."""

    subset: str | None = None
    split: str | None = None
    seed: int = 0
    limit: int | None = None
    swap: float = 0.5


@dataclass(frozen=True)
class Dataset:
    """A benchmark in memory. title: for a report. notes: counts of what was left out. settings: in words."""

    title: str
    corpus: Corpus
    queries: Queries
    notes: list[str] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Loader:
    """A loader by name. needs: its files. source: where they come from. expected: documented counts."""

    name: str
    title: str
    needs: str
    source: str
    expected: str
    load: Callable[[Path, LoadOptions], Dataset]


class Notes:
    """Counts what could not be used, by reason, with the first case as an example."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._first: dict[str, str] = {}
        self._said: list[str] = []

    def count(self, reason: str, example: object = "") -> None:
        """One more case. reason: the end of "N ..."."""
        self._counts[reason] = self._counts.get(reason, 0) + 1
        self._first.setdefault(reason, clean_text(str(example))[:80])

    def expect(self, what: str, found: int, documented: int) -> None:
        """Note a count that differs from the documented one."""
        if found != documented:
            self._said.append(f"The files hold {found:,} {what}, and {documented:,} are documented.")

    def say(self, sentence: str) -> None:
        """Note something that is not a count."""
        self._said.append(sentence)

    def sentences(self) -> list[str]:
        """One sentence per reason."""
        return self._said + [
            f"{count:,} {reason}{f' (first: {self._first[reason]})' if self._first[reason] else ''}."
            for reason, count in self._counts.items()
        ]


def require_file(root: Path, names: Sequence[str], *, data_set: str, source: str) -> Path:
    """The first of `names` in the folder. Raises CorpusError with all names and their source if there is none."""
    for name in names:
        if (root / name).exists():
            return root / name
    raise CorpusError(f"{root} has no {' or '.join(names)}, which {data_set} needs: it comes from {source}.")


def json_rows(path: Path, notes: Notes) -> Iterator[dict[str, Any]]:
    """The objects of a `.jsonl` or `.jsonl.gz`, one per line; other lines are counted."""
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8", errors="replace") as file:
            for number, line in enumerate(iter(lambda: file.readline(MAX_LINE_CHARACTERS), ""), start=1):
                if not line.strip():
                    continue
                try:
                    row = json.loads(line)
                except (ValueError, RecursionError):
                    notes.count(f"lines of {path.name} are not JSON and were left out", f"line {number}")
                    continue
                if isinstance(row, dict):
                    yield row
                else:
                    notes.count(f"lines of {path.name} are not objects and were left out", f"line {number}")
    except (OSError, EOFError) as error:
        raise CorpusError(f"{path} cannot be read: {error}: download it again.") from error


def json_document(path: Path) -> Any:
    """The content of a JSON file. Raises CorpusError with its path."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise CorpusError(f"{path} cannot be read as JSON ({error}): download it again.") from error


def read_labels(rows: Iterable[Mapping[str, Any]], notes: Notes) -> dict[str, dict[str, int]]:
    """{query id: {document id: grade}} from the rows of a table of labels; a row without a grade is relevant."""
    labels: dict[str, dict[str, int]] = {}
    for row in rows:
        query = next((row[key] for key in ("query-id", "query_id") if row.get(key) is not None), None)
        document = next((row[key] for key in ("corpus-id", "corpus_id", "doc_id") if row.get(key) is not None), None)
        try:
            grade = 1 if row.get("score") is None else int(row["score"])
        except (TypeError, ValueError):
            grade = None
        if query is None or document is None or grade is None:
            notes.count("labels are not whole and were left out", f"{query} {document}")
            continue
        labels.setdefault(str(query), {})[str(document)] = grade
    return labels


def count_unknown(labels: Iterable[str], queries: Iterable[str], notes: Notes) -> None:
    """Count the labelled queries that do not exist. labels, queries: ids."""
    for name in sorted(set(labels) - set(queries)):
        notes.count("labels are of a query that is not there and were left out", name)


def picture_item(name: str, root: Path, path: str, notes: Notes, *, caption: str | None = None) -> Item | None:
    """An item for a picture named in a file; None, and counted, where it is missing or outside the folder."""
    found = file_in(root, path)
    if found is None:
        notes.count("pictures are not there and were left out", path)
        return None
    return Item(name, Modality.IMAGE, path=found, caption=caption or None)


def with_text(picture: Item | None, words: str) -> Iterator[Item | None]:
    """The picture of a document that has words too, and its text: two rows of one item (`corpus.fused`)."""
    if picture is None or not words:
        yield picture
        return
    yield replace(picture, parent=picture.id)
    yield Item(f"{picture.id}{TEXT_SUFFIX}", Modality.TEXT, text=words, parent=picture.id)


def file_in(root: Path, path: str) -> Path | None:
    """A file of the folder; None where it is missing, outside, or not a valid file name."""
    try:
        found = (root / path).resolve()
        return found if found.is_relative_to(root.resolve()) and found.is_file() else None
    except (OSError, ValueError):  # a name that is too long or has a null byte
        return None


def text_item(name: str, text: str, notes: Notes) -> Item | None:
    """An item for a passage; None, and counted, where it is empty."""
    words = clean_text(text)
    if not words:
        notes.count("passages are empty and were left out", name)
        return None
    return Item(name, Modality.TEXT, text=words)


def assemble(
    loader_title: str,
    items: Iterator[Item | None] | Sequence[Item | None],
    asked: Sequence[Query],
    notes: Notes,
    *,
    settings: Mapping[str, str],
    unpacked: tuple[object, ...] = (),
) -> Dataset:
    """Items and labelled queries as a data set.

    Of items or queries with equal ids the first is kept; labels of unknown items, and then queries without a label, are
    left out. Everything left out is counted in the notes.

    Raises CorpusError for a data set without items or without a labelled query.
    """
    kept: dict[str, Item] = {}
    for item in items:
        if item is None:
            continue
        if item.id in kept:
            notes.count("documents have the id of another and were left out", item.id)
        else:
            kept[item.id] = item
    labelled: list[Query] = []
    seen: set[str] = set()
    for query in asked:
        if query.id in seen:
            notes.count("queries have the id of another and were left out", query.id)
            continue
        seen.add(query.id)
        if query.image is None and not clean_text(query.text or ""):
            notes.count("queries have no words and were left out", query.id)
            continue
        relevant = {name: grade for name, grade in query.relevant.items() if name in kept and grade > 0}
        for name in query.relevant.keys() - kept.keys():
            notes.count("labels name a document that is not there and were left out", name)
        if relevant:
            labelled.append(Query(query.id, query.text, query.image, relevant))
        else:
            notes.count("queries have no relevant document and were left out", query.id)
    if not kept or not labelled:
        what = "document" if not kept else "query with a relevant document"
        raise CorpusError(f"{loader_title} has no {what}: {' '.join(notes.sentences()) or 'its files are empty.'}")
    modality = np.asarray([(Modality.IMAGE if q.image else Modality.TEXT).value for q in labelled])
    corpus = Corpus(list(kept.values()), unpacked=unpacked)
    return Dataset(loader_title, corpus, Queries(labelled, modality), notes.sentences(), dict(settings))


def draw_queries(queries: Sequence[Query], options: LoadOptions) -> list[Query]:
    """At most `limit` of the queries, drawn by seed, in their order."""
    if options.limit is None or len(queries) <= options.limit:
        return list(queries)
    rows = np.random.default_rng([options.seed, _DRAW_STREAM]).permutation(len(queries))[: options.limit]
    return [queries[row] for row in sorted(rows.tolist())]
