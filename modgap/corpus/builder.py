"""Where the readers put what they find: ids are told apart, duplicates left out, long documents cut."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import BinaryIO

from modgap.corpus.corpus import Corpus
from modgap.corpus.options import ReadOptions
from modgap.corpus.passages import cut_passages
from modgap.corpus.report import Duplicate, Skipped
from modgap.corpus.text import clean_text
from modgap.errors import CorpusError
from modgap.items import Item, Modality
from modgap.vectors import Vectors


class CorpusBuilder:
    """Items in the order in which they come, and what became of the rest; `corpus()` hands all of it over."""

    def __init__(self, options: ReadOptions) -> None:
        self.options = options
        self.items: list[Item] = []
        self.skipped: list[Skipped] = []
        self.duplicates: list[Duplicate] = []
        self.cut: dict[str, int] = {}
        self.unpacked: list[object] = []
        self._ids: set[str] = set()
        self._contents: dict[tuple[bytes, str | None], str] = {}  # (hash, caption) -> id of the item that is kept
        self._first_of_size: dict[int, Item | None] = {}  # a picture is hashed when a second of its size comes

    def skip(self, name: str, reason: object) -> None:
        self.skipped.append(Skipped(name, str(reason)))

    def passage(self, item: Item) -> None:
        """Take a text as it is. Raises CorpusError if it repeats an id."""
        if not self._is_duplicate(item.id, _hash(item.text or ""), None):
            self._take(item)

    def document(self, name: str, text: str) -> None:
        """Take a text as one item, or as passages `name#1`, ... where it is longer than an encoder reads.

        Raises CorpusError if nothing is left of it, if it is longer than the limit, or if it repeats an id.
        """
        text = clean_text(text)
        limits = self.options.limits
        if not text:
            raise CorpusError("is empty")
        if len(text) > limits.document_characters:
            raise CorpusError(f"is too long a text ({limits.named('document_characters')}): split it")
        if self._is_duplicate(name, _hash(text), None):
            return
        passages = [text] if self.options.words is None else cut_passages(text, self.options.words)
        if len(passages) == 1:
            self._take(Item(name, Modality.TEXT, text=text))
            return
        self.cut[name] = len(passages)
        for number, passage in enumerate(passages, start=1):
            self._take(Item(f"{name}#{number}", Modality.TEXT, text=passage, source=name))

    def lines(self, name: str, text: str) -> None:
        """Take each line that is not blank as a passage of its own, `name#<number of the line>`."""
        lines = [(number, clean_text(line)) for number, line in enumerate(text.split("\n"), start=1)]
        if not any(line for _, line in lines):
            raise CorpusError("is empty")
        for number, line in lines:
            if line:
                self.passage(Item(f"{name}#{number}", Modality.TEXT, text=line))

    def picture(self, item: Item) -> None:
        """Take a picture file; only files of equal size are compared, by hash.

        Raises CorpusError if it is gone or repeats an id.
        """
        assert item.path is not None
        try:
            size = item.path.stat().st_size
            if not self.options.keep_duplicates:
                if size not in self._first_of_size:
                    self._first_of_size[size] = item
                else:
                    self._remember_first(size)
                    if self._is_duplicate(item.id, _hash_file(item.path), item.caption):
                        return
        except OSError as error:
            raise CorpusError(f"cannot be read ({error.strerror or error})") from error
        if size == 0:
            raise CorpusError("is empty")
        self._take(item)

    def corpus(self, source: Path | None, vectors: Vectors | None = None) -> Corpus:
        return Corpus(
            self.items,
            self.skipped,
            vectors=vectors,
            source=source,
            duplicates=self.duplicates,
            cut=self.cut,
            unpacked=tuple(self.unpacked),
        )

    def _remember_first(self, size: int) -> None:
        first = self._first_of_size[size]
        if first is not None:
            self._contents.setdefault((_hash_file(first.path), first.caption), first.id)
            self._first_of_size[size] = None

    def _take(self, item: Item) -> None:
        limits = self.options.limits
        if item.id in self._ids:
            raise CorpusError(f'repeats the id "{item.id}"')
        if len(self.items) >= limits.items:
            raise LimitReachedError(f"there are too many items ({limits.named('items')})")
        self._ids.add(item.id)
        self.items.append(item)

    def _is_duplicate(self, name: str, content: bytes, caption: str | None) -> bool:
        """Whether an item of that content is kept already; if so, this one is counted."""
        if self.options.keep_duplicates or name in self._ids:
            return False
        kept = self._contents.setdefault((content, caption), name)
        if kept == name:
            return False
        self.duplicates.append(Duplicate(name, kept))
        return True


class LimitReachedError(CorpusError):
    """A limit on the whole corpus: reading ends, while a limit on one file only passes it over."""


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _hash_file(path: Path | None) -> bytes:
    assert path is not None
    with path.open("rb") as file:  # file_digest is new in Python 3.11
        return hashlib.file_digest(file, "sha256").digest() if hasattr(hashlib, "file_digest") else _digest(file)


def _digest(file: BinaryIO) -> bytes:
    digest = hashlib.sha256()
    while chunk := file.read(1 << 20):
        digest.update(chunk)
    return digest.digest()
