"""The type of a file, recognized by its first bytes; its name only separates tables from texts."""

from __future__ import annotations

import stat
import zipfile
from enum import Enum
from pathlib import Path, PurePosixPath

from modgap.corpus.text import looks_like_text
from modgap.corpus.zip_directory import directory_bytes
from modgap.errors import CorpusError

TEXT_SUFFIXES = (".txt", ".md")
DOCUMENT_SUFFIXES = (".pdf", ".docx")
TABLE_SUFFIXES = (".jsonl", ".csv", ".tsv", ".xlsx")
_OTHER_TEXT_SUFFIXES = (".text", ".markdown", "")
_MISNAMED = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".pdf", ".docx", ".zip")
_HEAD_BYTES = 4096
_MAX_DIRECTORY_BYTES = 1_000_000  # documents and vectors have a few entries
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")


class FileType(str, Enum):
    """The types of file that are read."""

    PICTURE = "picture"
    TEXT = "text"
    TABLE = "table"
    JSON_LINES = "json lines"
    PDF = "pdf"
    DOCX = "docx"
    ARCHIVE = "archive"
    VECTORS = "vectors"
    PARQUET = "parquet"
    SPREADSHEET = "xlsx"


def file_type(path: Path, name: str) -> FileType:
    """The type of a file. Raises CorpusError with the reason for a file that is not read.

    name: its path with "/", as messages and ids show it.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise CorpusError("is not a file")  # reading a pipe or a device could block forever
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise CorpusError(f"cannot be read ({error.strerror or error})") from error
    if not head:
        raise CorpusError("is empty")
    suffix = PurePosixPath(name).suffix.lower()
    binary = _binary_type(head, path)
    if binary is not None:
        return binary
    _refuse_by_content(head)
    if not looks_like_text(head):
        raise CorpusError(_not_read())
    if suffix in (".jsonl", ".ndjson"):
        return FileType.JSON_LINES
    if suffix in (".csv", ".tsv"):
        return FileType.TABLE
    if suffix in (*TEXT_SUFFIXES, *_OTHER_TEXT_SUFFIXES, *_MISNAMED):
        return FileType.TEXT
    raise CorpusError(_not_read())


def _binary_type(head: bytes, path: Path) -> FileType | None:
    if _is_picture(head):
        return FileType.PICTURE
    if head.startswith(b"%PDF-"):
        return FileType.PDF
    if head.startswith(b"PAR1"):
        return FileType.PARQUET
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_type(path)
    return None


def _is_picture(head: bytes) -> bool:
    return (
        head.startswith((b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a"))
        or head.startswith((b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"))
        or (head.startswith(b"RIFF") and head[8:12] == b"WEBP")
        or (head.startswith(b"BM") and head[6:10] == bytes(4) and len(head) > 25)
        or (head[4:8] == b"ftyp" and any(brand in _brands(head) for brand in (b"avif", b"avis")))
    )


def _brands(head: bytes) -> list[bytes]:
    """The main and the compatible brands of a file of the ISO media family (AVIF, HEIC, video)."""
    size = min(int.from_bytes(head[:4], "big"), len(head), 256)
    return [head[8:12], *(head[at : at + 4] for at in range(16, size, 4))]


def _zip_type(path: Path) -> FileType:
    """Word documents, vectors and other files are zips too; the names of their members say which."""
    try:
        if directory_bytes(path) > _MAX_DIRECTORY_BYTES:
            return FileType.ARCHIVE
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except Exception:
        return FileType.ARCHIVE
    if "word/document.xml" in names:
        return FileType.DOCX
    if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
        return FileType.SPREADSHEET
    if "[Content_Types].xml" in names or "mimetype" in names:
        raise CorpusError("is an office document of a kind that is not read: save it as .docx, .pdf or .txt")
    if names and all(name.endswith(".npy") for name in names):
        return FileType.VECTORS
    return FileType.ARCHIVE


def _refuse_by_content(head: bytes) -> None:
    """Raise CorpusError for a known type that is not read, saying what to do instead."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1024].lower()
    if head[4:8] == b"ftyp":
        if any(brand in _brands(head) for brand in _HEIC_BRANDS):
            raise CorpusError(
                "is a HEIC photo, which is not read: save it as JPEG (an iPhone takes JPEGs under Settings > Camera > "
                "Formats > Most Compatible)"
            )
        raise CorpusError("is a video, which is not read: save single pictures of it")
    if start.startswith(b"<svg") or (start.startswith((b"<?xml", b"<!doctype svg", b"<!--")) and b"<svg" in start):
        raise CorpusError("is an SVG drawing, which can hold scripts and is not read: save it as PNG")
    if start.startswith(b"%!ps") or head.startswith(b"\xc5\xd0\xd3\xc6"):
        raise CorpusError("is PostScript, which is a program and is not run: save it as PNG or PDF")
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise CorpusError("is an old Office document, which is not read: save it as .docx or .csv")
    if head.startswith((b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ")) or head[257:262] == b"ustar":
        raise CorpusError("is an archive of a kind that is not read: pack the files as .zip")


def _not_read() -> str:
    return "is not of a kind that is read (pictures, .txt .md .pdf .docx, tables, .zip)"
