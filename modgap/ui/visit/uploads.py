"""Read uploaded files as a corpus: check the limits, link them into one temporary folder, read, delete the folder.

A table names pictures beside it, but each upload arrives in its own folder; so all are linked into one. That folder
exists only while its pictures are encoded and their thumbnails made.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from modgap.corpus import Corpus, Limits, read_corpus
from modgap.corpus.columns import BY_NAME, ColumnChoice
from modgap.corpus.file_types import DOCUMENT_SUFFIXES, TABLE_SUFFIXES, TEXT_SUFFIXES
from modgap.corpus.pictures import SUFFIXES as PICTURE_SUFFIXES
from modgap.errors import CorpusError
from modgap.io.process_folder import new_folder

STRANGERS = Limits.for_strangers()  # Gradio accepts at most 1,000 files in one request
PARQUET = [".parquet"] if find_spec("pyarrow") is not None else []
FILE_TYPES = [*PICTURE_SUFFIXES, *TEXT_SUFFIXES, *DOCUMENT_SUFFIXES, *TABLE_SUFFIXES, ".zip", ".npz", *PARQUET]
LIMITS = (
    f"JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF, {', '.join((*TEXT_SUFFIXES, *DOCUMENT_SUFFIXES, *TABLE_SUFFIXES))}, "
    f"a .zip of pictures and texts, vectors as .npz. At most {STRANGERS.files:,} files, "
    f"{STRANGERS.file_bytes // 10**6} MB each, {STRANGERS.total_bytes // 10**6} MB together, {STRANGERS.items:,} items."
)


@contextmanager
def uploaded_corpus(
    paths: Sequence[str | Path], limits: Limits = STRANGERS, columns: ColumnChoice = BY_NAME
) -> Iterator[Corpus]:
    """Read uploaded files; the pictures of the corpus can be opened inside the `with` block only.

    columns: of the table among them.

    Raises CorpusError, with the visitor's file names, for an exceeded limit or a corpus without anything usable.
    """
    files = [Path(path) for path in paths]
    check_limits(files, limits)
    folder = new_folder("upload")  # without links, as tables resolve the paths they name
    try:
        yield _read(link_into(files, folder), folder, limits, columns)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def check_limits(files: Sequence[Path], limits: Limits) -> None:
    """Raise CorpusError for the limit that the files exceed, if any, before they are linked and read."""
    if not files:
        raise CorpusError("No file arrived: choose some pictures and texts.")
    if len(files) > limits.files:
        raise CorpusError(f"These are {len(files):,} files and the limit is {limits.files:,}: choose fewer.")
    sizes = {path: path.stat().st_size for path in files if path.is_file()}
    for path, size in sizes.items():
        if size > limits.file_bytes:
            raise CorpusError(
                f"{path.name} has {_megabytes(size)} and the limit is {_megabytes(limits.file_bytes)} a file."
            )
    if sum(sizes.values()) > limits.total_bytes:
        raise CorpusError(
            f"These files have {_megabytes(sum(sizes.values()))} together and the limit is "
            f"{_megabytes(limits.total_bytes)}: choose fewer, or smaller pictures."
        )


def link_into(files: Sequence[Path], folder: Path) -> list[Path]:
    """Link (or copy) each file into `folder` under its bare name; equal names get a number."""
    linked = []
    for path in files:
        name = "".join(c for c in path.name if c.isprintable() and c not in "/\\").lstrip(".") or "file"
        target, number = folder / name, 2
        while target.exists():
            target, number = folder / f"{Path(name).stem} ({number}){Path(name).suffix}", number + 1
        try:
            os.link(path, target)
        except OSError:  # another file system, or one without links
            shutil.copyfile(path, target)
        linked.append(target)
    return linked


def _read(files: list[Path], folder: Path, limits: Limits, columns: ColumnChoice) -> Corpus:
    vectors = next((path.name for path in files if path.suffix.lower() == ".npz"), None)
    if vectors is not None and len(files) > 1:
        raise CorpusError(
            f"{vectors} holds vectors of an encoder of its own, so it cannot be mixed with other files: "
            f"upload it alone."
        )
    try:
        return read_corpus(files[0] if len(files) == 1 else files, limits=limits, columns=columns)
    except CorpusError as error:
        words = str(error).replace(f"{folder}{os.sep}", "").replace("The list of files", "Your upload", 1)
        raise CorpusError(words) from error


def _megabytes(size: int) -> str:
    return f"{size / 10**6:,.0f} MB" if size >= 10**7 else f"{size / 10**6:,.1f} MB"
