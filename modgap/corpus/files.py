"""Folders and lists of files: pictures and text files become items."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from modgap.corpus.corpus import Corpus, Skipped
from modgap.corpus.pictures import SUFFIXES as PICTURE_SUFFIXES
from modgap.errors import CorpusError
from modgap.items import Item, Modality

TEXT_SUFFIXES = (".txt", ".md")
MAX_TEXT_BYTES = 1_000_000  # a passage is a few sentences; a file beyond this is a document to split first


def read_folder(folder: Path) -> Corpus:
    """All pictures and text files below a folder, by path; hidden files are left out.

    The id of an item is its path below the folder, with "/".
    """
    paths = []
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        paths += [Path(root, name) for name in sorted(names) if not name.startswith(".")]
    return _read_files(((path.relative_to(folder).as_posix(), path) for path in paths), source=folder)


def read_files(paths: Sequence[Path]) -> Corpus:
    """The given files; the id of an item is the file's name, with its folders where two names are equal."""
    names = [path.name for path in paths]
    ids = [path.name if names.count(path.name) == 1 else path.as_posix() for path in paths]
    return _read_files(zip(ids, paths, strict=True), source=None)


def read_text(path: Path) -> str:
    """The text of a UTF-8 file, without its byte order mark and outer blanks. Raises CorpusError with the reason."""
    try:
        if path.stat().st_size > MAX_TEXT_BYTES:
            raise CorpusError(f"is larger than {MAX_TEXT_BYTES:,} bytes: split it into passages")
        text = path.read_text(encoding="utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise CorpusError(f"is not UTF-8 text (byte {error.start}): save it as UTF-8") from error
    except OSError as error:
        raise CorpusError(f"cannot be read ({error.strerror or error})") from error
    if not text:
        raise CorpusError("is empty")
    return text


def _read_files(named_paths: Iterable[tuple[str, Path]], source: Path | None) -> Corpus:
    items: list[Item] = []
    skipped: list[Skipped] = []
    for name, path in named_paths:
        suffix = path.suffix.lower()
        if not path.is_file():
            skipped.append(Skipped(name, "is not there" if not path.exists() else "is not a file"))
        elif suffix in PICTURE_SUFFIXES:
            if path.stat().st_size == 0:
                skipped.append(Skipped(name, "is empty"))
            else:
                items.append(Item(name, Modality.IMAGE, path=path))
        elif suffix in TEXT_SUFFIXES:
            try:
                items.append(Item(name, Modality.TEXT, text=read_text(path)))
            except CorpusError as error:
                skipped.append(Skipped(name, str(error)))
        else:
            known = " ".join((*PICTURE_SUFFIXES, *TEXT_SUFFIXES))
            skipped.append(Skipped(name, f"is not of a kind that is read ({known})"))
    return Corpus(items, skipped, source=source)
