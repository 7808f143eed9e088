"""Folders, lists of files and archives: each file goes to the reader of its type."""

from __future__ import annotations

import os
import posixpath
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path

from modgap.corpus.archives import UnpackedArchive
from modgap.corpus.builder import CorpusBuilder, LimitReachedError
from modgap.corpus.columns import choose_columns
from modgap.corpus.corpus import Corpus
from modgap.corpus.file_types import TEXT_SUFFIXES, FileType, file_type
from modgap.corpus.json_lines import add_json_lines, first_keys
from modgap.corpus.options import DEFAULT_OPTIONS, ReadOptions
from modgap.corpus.rows import Folder
from modgap.corpus.safe_decode import SafeDecoder
from modgap.corpus.tables import add_table, first_columns
from modgap.corpus.text import clean_text, decode_text
from modgap.errors import CorpusError
from modgap.io.process_folder import process_folder
from modgap.items import Item, Modality

__all__ = ["TEXT_SUFFIXES", "read_archive", "read_files", "read_folder", "read_text"]

_TABLES = (FileType.TABLE, FileType.JSON_LINES, FileType.SPREADSHEET)
_SEPARATE = {FileType.VECTORS: "vectors", FileType.PARQUET: "vectors or a table as .parquet"}


def read_folder(folder: Path, options: ReadOptions = DEFAULT_OPTIONS) -> Corpus:
    """All pictures and texts below a folder, sorted by path. Hidden files are left out, links out of it refused.

    The id of an item is its path below the folder, with "/". A table with a column of pictures describes them: its rows
    are the items, with paths relative to it.
    """
    builder = CorpusBuilder(options)
    named_paths: list[tuple[str, Path]] = []

    def unreadable(error: OSError) -> None:
        builder.skip(_id(Path(error.filename), folder), f"cannot be read ({error.strerror})")

    for root, folders, names in os.walk(folder, onerror=unreadable):
        for each in [f for f in folders if Path(root, f).is_symlink() and not f.startswith(".")]:
            builder.skip(_id(Path(root, each), folder), "is a link to a folder, which is not followed")
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        named_paths += [(_id(Path(root, n), folder), Path(root, n)) for n in sorted(names) if not n.startswith(".")]
        _check_files(len(named_paths), options)
    with _FileReader(builder) as reader:
        reader.read_with_tables(named_paths, within=folder.resolve())
    return builder.corpus(folder)


def read_files(paths: Sequence[Path], options: ReadOptions = DEFAULT_OPTIONS) -> Corpus:
    """The given files. The id of an item is the file's name, with its folders if two names are equal.

    Tables among them are read too. A picture that a table names is read from the table only, with its caption.
    """
    _check_files(len(paths), options)
    count = Counter(path.name for path in paths)
    named = [(clean_text(path.name if count[path.name] == 1 else path.as_posix()), path) for path in paths]
    builder = CorpusBuilder(options)
    with _FileReader(builder) as reader:
        tables = [(name, path) for name, path in named if path.is_file() and _is_table(name, path)]
        reader.read(tables, tables=_beside)
        in_tables = {item.path for item in builder.items if item.path is not None}
        tables_read = {path for _, path in tables}
        rest = [(name, path) for name, path in named if path not in tables_read and _resolved(path) not in in_tables]
        reader.read(rest)
    return builder.corpus(None)


def read_archive(path: Path, options: ReadOptions = DEFAULT_OPTIONS) -> Corpus:
    """A .zip of a folder, unpacked into a temporary folder that exists as long as the corpus."""
    builder = CorpusBuilder(options)
    with _FileReader(builder) as reader:
        reader.archive("", path)
    return builder.corpus(path)


def read_text(path: Path, options: ReadOptions = DEFAULT_OPTIONS) -> str:
    """The cleaned text of a file in any of the usual encodings. Raises CorpusError with the reason."""
    try:
        if path.stat().st_size > options.limits.file_bytes:
            raise CorpusError(f"is too large ({options.limits.named('file_bytes')})")
        text = clean_text(decode_text(path.read_bytes()))
    except OSError as error:
        raise CorpusError(f"cannot be read ({error.strerror or error})") from error
    if not text:
        raise CorpusError("is empty")
    return text


TableFolder = Callable[[str, Path], Folder]
"""The name of a table and its path -> where its pictures are."""


def _beside(_: str, table: Path) -> Folder:
    return table.parent


def _seen_from(table: str, members: Sequence[tuple[str, Path]]) -> dict[str, Path]:
    """The members of an archive by their names as seen from one of them."""
    here = posixpath.dirname(table) or "."
    return {posixpath.relpath(name, here): path for name, path in members}


class _FileReader:
    """Reads files into a builder, counting their bytes; owns the process that reads documents, if there are any."""

    def __init__(self, builder: CorpusBuilder) -> None:
        self._builder = builder
        self._options = builder.options
        self._bytes = self._files = 0
        self._decoder: SafeDecoder | None = None
        self._exits = ExitStack()

    def __enter__(self) -> _FileReader:
        return self

    def __exit__(self, *_: object) -> None:
        self._exits.close()

    def read(
        self,
        named_paths: Iterable[tuple[str, Path]],
        *,
        within: Path | None = None,
        depth: int = 0,
        tables: TableFolder | None = None,
    ) -> None:
        """Read each file; one that cannot be read is skipped with its reason.

        within: the folder that links may not leave.
        depth: number of archives that the files are nested in.
        tables: where the pictures of a table are; None: tables are not read.
        """
        for name, path in named_paths:
            try:
                self._read(name, path, within, depth, tables)
            except LimitReachedError:
                raise
            except CorpusError as error:
                self._builder.skip(name, error)

    def archive(self, name: str, path: Path, depth: int = 1) -> None:
        """Read the files of an archive; their ids begin with `name`. Raises CorpusError if it cannot be opened."""
        limits = self._options.limits
        if depth > limits.archive_nesting:
            raise CorpusError(f"is an archive inside an archive ({limits.named('archive_nesting')}): unpack it first")
        unpacked = UnpackedArchive(path, limits)
        self._builder.unpacked.append(unpacked)
        prefix = f"{name}/" if name else ""
        for refused in unpacked.skipped:
            self._builder.skip(prefix + refused.id, refused.reason)
        members = [(prefix + member, file) for member, file in unpacked.files]
        self.read_with_tables(members, depth=depth, folder_of=lambda table, _: _seen_from(table, members))

    def read_with_tables(
        self,
        named_paths: Sequence[tuple[str, Path]],
        *,
        within: Path | None = None,
        depth: int = 0,
        folder_of: TableFolder = _beside,
    ) -> None:
        """Read the tables that describe pictures first, then every other file but the pictures that these name."""
        tables = [(name, path) for name, path in named_paths if self._describes_pictures(name, path, within)]
        before = len(self._builder.items)
        self.read(tables, within=within, depth=depth, tables=folder_of)
        described = {item.path for item in self._builder.items[before:] if item.path is not None}
        read = {path for _, path in tables}
        rest = [(n, path) for n, path in named_paths if path not in read and _resolved(path) not in described]
        self.read(rest, within=within, depth=depth)

    def _describes_pictures(self, name: str, path: Path, within: Path | None) -> bool:
        """Whether a file is a table with a column of pictures, and no file of labelled queries."""
        if within is not None and path.is_symlink() and _leads_out(path, within):
            return False
        try:
            found = file_type(path, name)
            if found not in _TABLES:
                return False
            text = self._document_text(path, found.value) if found is FileType.SPREADSHEET else None
            names = first_keys(path) if found is FileType.JSON_LINES else first_columns(path, text)
            return "relevant" not in names and bool(choose_columns(names, self._options.columns).image)
        except CorpusError:
            return False

    def _read(self, name: str, path: Path, within: Path | None, depth: int, tables: TableFolder | None) -> None:
        if within is not None and path.is_symlink() and _leads_out(path, within):
            raise CorpusError("is a link that leads out of the folder, or nowhere")
        if not path.exists():
            raise CorpusError("is not there")
        found = file_type(path, name)
        self._count(path, found)
        if found is FileType.PICTURE:
            self._builder.add_picture(Item(name, Modality.IMAGE, path=path))
        elif found is FileType.TEXT:
            self._text(name, path)
        elif found in (FileType.PDF, FileType.DOCX):
            self._document(name, path, found.value)
        elif found is FileType.ARCHIVE:
            self.archive(name, path, depth + 1)
        elif found in _SEPARATE:
            raise CorpusError(f"holds {_SEPARATE[found]}: give it alone, as a corpus of its own")
        elif tables is None:
            raise CorpusError(
                "is a table inside a folder, without a column of pictures: give it alone, and its rows are read"
            )
        elif found is FileType.TABLE:
            add_table(path, self._builder, name=name, folder=tables(name, path))
        elif found is FileType.SPREADSHEET:
            text = self._document_text(path, found.value)
            add_table(path, self._builder, text=text, name=name, folder=tables(name, path))
        else:
            add_json_lines(path, self._builder, name=name, folder=tables(name, path))

    def _text(self, name: str, path: Path) -> None:
        text = read_text(path, self._options)
        if self._options.lines and not name.lower().endswith(".md"):
            self._builder.add_lines(name, text)
        else:
            self._builder.add_document(name, text)

    def _document(self, name: str, path: Path, document_type: str) -> None:
        """The text of a document, and the pictures inside it as items of their own; these also of one without text."""
        try:
            self._builder.add_document(name, self._document_text(path, document_type))
        finally:
            try:
                self._document_pictures(name, path, document_type)
            except LimitReachedError:
                raise
            except CorpusError:
                pass  # reading its text has said what is wrong, or it has no picture that can be taken out

    def _document_pictures(self, name: str, path: Path, document_type: str) -> None:
        assert self._decoder is not None
        pictures = self._decoder.document_pictures(path, document_type)
        if not pictures:
            return
        folder = tempfile.TemporaryDirectory(prefix="document-", dir=process_folder())
        self._builder.unpacked.append(folder)
        for number, content in enumerate(pictures, start=1):
            file = Path(folder.name, str(number))
            file.write_bytes(content)
            self._count(file, FileType.PICTURE)
            self._builder.add_picture(Item(f"{name}#picture-{number}", Modality.IMAGE, path=file, source=name))

    def _document_text(self, path: Path, document_type: str) -> str:
        if self._decoder is None:
            self._decoder = self._exits.enter_context(SafeDecoder(self._options.limits, workers=1))
        return self._decoder.document_text(path, document_type)

    def _count(self, path: Path, found: FileType) -> None:
        limits = self._options.limits
        size = path.stat().st_size
        if size > limits.file_bytes and found is not FileType.ARCHIVE:  # an archive is counted while it is unpacked
            raise CorpusError(f"is too large ({limits.named('file_bytes')})")
        self._bytes += size
        self._files += 1
        if self._bytes > limits.total_bytes:
            raise LimitReachedError(f"the files together are too large ({limits.named('total_bytes')})")
        _check_files(self._files, self._options)


def _is_table(name: str, path: Path) -> bool:
    try:
        return file_type(path, name) in _TABLES
    except CorpusError:
        return False


def _leads_out(link: Path, folder: Path) -> bool:
    try:
        return not link.resolve().is_relative_to(folder)
    except (OSError, RuntimeError):  # links in a circle
        return True


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path  # the reader reports what is wrong with it


def _id(path: Path, folder: Path) -> str:
    """The path below the folder; bytes that are not text become "�"."""
    return clean_text(path.relative_to(folder).as_posix())


def _check_files(count: int, options: ReadOptions) -> None:
    if count > options.limits.files:
        raise LimitReachedError(f"there are too many files ({options.limits.named('files')})")
