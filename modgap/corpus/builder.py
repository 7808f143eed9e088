"""Collects the items that the readers find: checks ids and groups, leaves out duplicates, cuts long documents."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from modgap.corpus.columns import Columns, addresses_note
from modgap.corpus.corpus import Corpus, TableReading
from modgap.corpus.options import ReadOptions
from modgap.corpus.passages import cut_passages
from modgap.corpus.report import Duplicate, Skipped
from modgap.corpus.text import clean_text
from modgap.errors import CorpusError
from modgap.io.file_hash import file_sha256
from modgap.items import Item, Modality, ModalityByGroup
from modgap.vectors import Vectors

_TABLES = 20  # of the last ones, among which a table is looked for again
_Content = tuple[bytes, str | None, str]  # (hash, caption, group): what two items share if one is a duplicate


class CorpusBuilder:
    """Collects items in input order and records skips and duplicates; `corpus()` returns the result."""

    def __init__(self, options: ReadOptions) -> None:
        self.options = options
        self.items: list[Item] = []
        self.skipped: list[Skipped] = []
        self.duplicates: list[Duplicate] = []
        self.cut: dict[str, int] = {}
        self.unpacked: list[object] = []
        self.tables: list[TableReading] = []
        self._ids: set[str] = set()
        self._modality_by_group = ModalityByGroup()
        self._contents: dict[_Content, str] = {}  # content -> id of the item that is kept
        self._first_of_size: dict[int, Item | None] = {}  # None once the first picture of a size is hashed

    def free_id(self, name: str) -> str:
        """The id, with a number behind it where another item has it: rows without ids, of a second table."""
        taken = (f"{name}-{number}" for number in range(2, 1000))
        return name if name not in self._ids else next((each for each in taken if each not in self._ids), name)

    def table_read(self, name: str, columns: Columns, first: Mapping[str, Any]) -> None:
        """Record what the columns of a table were taken for, and its first row; once for each table and columns."""
        if not any(each.name == name and each.columns == columns for each in self.tables[-_TABLES:]):
            self.tables.append(TableReading(name, columns, dict(first)))
            if note := addresses_note(columns):
                self.skip(name, note)

    def skip(self, name: str, reason: object) -> None:
        """Record something that could not be read: its id, and why."""
        self.skipped.append(Skipped(name, str(reason)))

    def add_passage(self, item: Item) -> None:
        """Add a text as it is. Raises CorpusError for a repeated id or a group of pictures."""
        self._check(item)
        if not self._is_duplicate(item.id, (_text_hash(item.text or ""), None, item.group)):
            self._add(item)

    def add_document(self, name: str, text: str) -> None:
        """Add a text as one item, or as passages `name#1`, ... if it is longer than an encoder reads.

        Raises CorpusError for a text that is empty once cleaned, one beyond the limit, or a repeated id.
        """
        text = clean_text(text)
        limits = self.options.limits
        if not text:
            raise CorpusError("is empty")
        if len(text) > limits.document_characters:
            raise CorpusError(f"is too long a text ({limits.named('document_characters')}): split it")
        if self._is_duplicate(name, (_text_hash(text), None, Modality.TEXT.value)):
            return
        passages = [text] if self.options.words is None else cut_passages(text, self.options.words)
        if len(passages) == 1:
            self._add(Item(name, Modality.TEXT, text=text))
            return
        self.cut[name] = len(passages)
        for number, passage in enumerate(passages, start=1):
            self._add(Item(f"{name}#{number}", Modality.TEXT, text=passage, source=name))

    def add_lines(self, name: str, text: str) -> None:
        """Add each line that is not blank as a passage of its own, `name#<line number>`."""
        lines = [(number, clean_text(line)) for number, line in enumerate(text.split("\n"), start=1)]
        if not any(line for _, line in lines):
            raise CorpusError("is empty")
        for number, line in lines:
            if line:
                self.add_passage(Item(f"{name}#{number}", Modality.TEXT, text=line))

    def add_picture(self, item: Item) -> None:
        """Add a picture file. Duplicates are found by hash, among files of equal size only.

        Raises CorpusError for a file that is missing or empty, a repeated id, or a group of passages.
        """
        assert item.path is not None
        self._check(item)
        try:
            size = item.path.stat().st_size
            if not self.options.keep_duplicates:
                if size not in self._first_of_size:
                    self._first_of_size[size] = item
                else:
                    self._remember_first(size)
                    if self._is_duplicate(item.id, (file_sha256(item.path), item.caption, item.group)):
                        return
        except OSError as error:
            raise CorpusError(f"cannot be read ({error.strerror or error})") from error
        if size == 0:
            raise CorpusError("is empty")
        self._add(item)

    def add_fused(self, picture: Item, text: Item) -> None:
        """Add a picture and a text that make one item; a picture that is a duplicate, words and all, brings neither.

        A text that other items have too is kept: it belongs to this one. Raises CorpusError as `add_picture` does.
        """
        self._check(text)
        before = len(self.items)
        self.add_picture(picture)
        if len(self.items) > before:
            self._add(text)

    def corpus(self, source: Path | None, vectors: Vectors | None = None) -> Corpus:
        """The corpus of everything that was added. source: the path that it was read from."""
        return Corpus(
            self.items,
            self.skipped,
            vectors=vectors,
            source=source,
            duplicates=self.duplicates,
            cut=self.cut,
            tables=tuple(self.tables),
            unpacked=tuple(self.unpacked),
        )

    def _check(self, item: Item) -> None:
        """Raise CorpusError if the item's id is taken, or its group holds items of the other modality."""
        if item.id in self._ids:
            raise CorpusError(f'repeats the id "{item.id}"')
        if fault := self._modality_by_group.fault(item.group, item.modality):
            raise CorpusError(f"belongs to {fault}")

    def _add(self, item: Item) -> None:
        self._check(item)
        limits = self.options.limits
        if len(self.items) >= limits.items:
            raise LimitReachedError(f"there are too many items ({limits.named('items')})")
        self._ids.add(item.id)
        self._modality_by_group.add(item.group, item.modality)
        self.items.append(item)

    def _remember_first(self, size: int) -> None:
        """Hash the first picture of a size, now that a second one has come."""
        first = self._first_of_size[size]
        if first is not None:
            assert first.path is not None
            self._contents.setdefault((file_sha256(first.path), first.caption, first.group), first.id)
            self._first_of_size[size] = None

    def _is_duplicate(self, name: str, content: _Content) -> bool:
        """Whether an item of that content is kept already; if so, this one is recorded as its duplicate."""
        if self.options.keep_duplicates or name in self._ids:
            return False
        kept = self._contents.setdefault(content, name)
        if kept == name:
            return False
        self.duplicates.append(Duplicate(name, kept))
        return True


class LimitReachedError(CorpusError):
    """A limit on the whole corpus was passed: reading ends. A limit on one file only skips that file."""


def _text_hash(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
