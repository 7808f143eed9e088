"""Uploaded files become a corpus: counted, weighed, laid into a folder of the visit's own, read, and forgotten.

A `.jsonl` names pictures beside it, but each upload arrives in a folder of its own; so all are linked into one. That
folder lives only while its pictures are encoded and their thumbnails made.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from modgap.corpus import Corpus, Skipped, read_corpus
from modgap.corpus.files import TEXT_SUFFIXES, read_files
from modgap.corpus.json_lines import read_json_lines
from modgap.corpus.pictures import SUFFIXES as PICTURE_SUFFIXES
from modgap.errors import CorpusError
from modgap.items import Item

MOST_FILES = 1000  # Gradio takes no more in one request
MOST_BYTES_EACH = 25 * 2**20
MOST_BYTES = 400 * 2**20
MOST_ITEMS = 5000  # a few minutes of encoding on two slow cores
MOST_VECTOR_BYTES = 200 * 2**20  # unpacked: 100,000 vectors of 512 numbers

FILE_TYPES = [*PICTURE_SUFFIXES, *TEXT_SUFFIXES, ".jsonl", ".npz"]
LIMITS = (
    f"JPEG, PNG, WebP, .txt, .md, .jsonl, .npz. At most {MOST_FILES:,} files, {MOST_BYTES_EACH // 2**20} MB each, "
    f"{MOST_BYTES // 2**20} MB together, {MOST_ITEMS:,} items."
)


@contextmanager
def uploaded_corpus(paths: Sequence[str | Path]) -> Iterator[Corpus]:
    """Read uploaded files; the pictures of the corpus can be opened inside the `with` block only.

    Raises CorpusError, naming files by the names that the visitor gave them, for a limit that is passed or a corpus
    without anything usable.
    """
    files = [Path(path) for path in paths]
    check_limits(files)
    folder = Path(tempfile.mkdtemp(prefix="modgap-upload-")).resolve()  # as tables resolve the paths they name
    try:
        yield _read(lay_out(files, folder), folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def check_limits(files: Sequence[Path]) -> None:
    """Raise CorpusError naming the limit that the files pass, if any."""
    if not files:
        raise CorpusError("No file arrived: choose some pictures and texts.")
    if len(files) > MOST_FILES:
        raise CorpusError(f"These are {len(files):,} files and the limit is {MOST_FILES:,}: choose fewer.")
    sizes = {path: path.stat().st_size for path in files if path.is_file()}
    for path, size in sizes.items():
        if size > MOST_BYTES_EACH:
            raise CorpusError(
                f"{path.name} has {_megabytes(size)} and the limit is {_megabytes(MOST_BYTES_EACH)} a file."
            )
    if sum(sizes.values()) > MOST_BYTES:
        raise CorpusError(
            f"These files have {_megabytes(sum(sizes.values()))} together and the limit is {_megabytes(MOST_BYTES)}: "
            f"choose fewer, or smaller pictures."
        )


def lay_out(files: Sequence[Path], folder: Path) -> list[Path]:
    """Link (or copy) each file into `folder` under its bare name; equal names get a number."""
    laid = []
    for path in files:
        name = "".join(c for c in path.name if c.isprintable() and c not in "/\\").lstrip(".") or "file"
        target, number = folder / name, 2
        while target.exists():
            target, number = folder / f"{Path(name).stem} ({number}){Path(name).suffix}", number + 1
        try:
            os.link(path, target)
        except OSError:  # another file system, or one without links
            shutil.copyfile(path, target)
        laid.append(target)
    return laid


def _read(files: list[Path], folder: Path) -> Corpus:
    try:
        corpus = _read_vectors(files) or _read_mixed(files)
    except CorpusError as error:
        raise CorpusError(str(error).replace(f"{folder}{os.sep}", "")) from error
    if len(corpus.items) > MOST_ITEMS:
        raise CorpusError(f"The files hold {len(corpus.items):,} items and the limit is {MOST_ITEMS:,}: choose fewer.")
    return corpus


def _read_vectors(files: list[Path]) -> Corpus | None:
    """The vectors file, if there is one; it comes alone, since its space is that of another encoder."""
    vector_files = [path for path in files if path.suffix.lower() == ".npz"]
    if not vector_files:
        return None
    if len(files) > 1:
        raise CorpusError(
            f"{vector_files[0].name} holds vectors of an encoder of its own, so it cannot be mixed with other files: "
            f"upload it alone."
        )
    try:
        with zipfile.ZipFile(vector_files[0]) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        raise CorpusError(f"{vector_files[0].name} is not a .npz file, or is damaged.") from error
    if unpacked > MOST_VECTOR_BYTES:
        raise CorpusError(
            f"{vector_files[0].name} unpacks to {_megabytes(unpacked)} and the limit is "
            f"{_megabytes(MOST_VECTOR_BYTES)}: give fewer vectors."
        )
    return read_corpus(vector_files[0])


def _read_mixed(files: list[Path]) -> Corpus:
    """Pictures, texts and tables together; a picture that a table names is taken from there, with its caption."""
    items: dict[str, Item] = {}
    skipped: list[Skipped] = []
    tables = [path for path in files if path.suffix.lower() == ".jsonl"]
    for table in tables:
        try:
            _add(read_json_lines(table), items, skipped)
        except CorpusError:
            skipped.append(Skipped(table.name, "is not UTF-8 text: save it as UTF-8"))
    named = {item.path for item in items.values() if item.path is not None}
    _add(read_files([path for path in files if path not in tables and path.resolve() not in named]), items, skipped)
    if not items:
        reasons = "; ".join(f"{each.id} {each.reason}" for each in skipped[:3])
        more = f"; and {len(skipped) - 3} more" if len(skipped) > 3 else ""
        raise CorpusError(f"None of the files holds a picture or text that can be read: {reasons}{more}.")
    return Corpus(list(items.values()), skipped)


def _add(part: Corpus, items: dict[str, Item], skipped: list[Skipped]) -> None:
    skipped += part.skipped
    for item in part.items:
        if item.id in items:
            skipped.append(Skipped(item.id, "has an id that another item has already"))
        else:
            items[item.id] = item


def _megabytes(size: int) -> str:
    return f"{size / 2**20:,.0f} MB" if size >= 10 * 2**20 else f"{size / 2**20:,.1f} MB"
