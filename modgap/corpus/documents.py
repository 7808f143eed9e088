"""The text of .pdf and .docx files. `SafeDecoder` calls this, since files may attack the parsers."""

from __future__ import annotations

import logging
import zipfile
from collections.abc import Iterator
from pathlib import Path

from modgap.corpus.limits import DEFAULT_LIMITS, Limits
from modgap.corpus.zip_directory import check_directory
from modgap.errors import CorpusError

_CHUNK = 1 << 20  # bytes
_MAX_PARTS = 10_000  # each picture of a .docx is a part of its own


def document_text(path: Path, file_type: str, limits: Limits = DEFAULT_LIMITS) -> str:
    """The text of a document, page after page or paragraph after paragraph.

    file_type: "pdf" or "docx".
    Raises CorpusError with the reason, also for a text beyond the limit.
    """
    parts = {"pdf": _pdf_parts, "docx": _docx_parts}[file_type]
    kept: list[str] = []
    length = 0
    try:
        for part in parts(path, limits):
            length += len(part) + 2
            if length > limits.document_characters:
                raise CorpusError(f"is too long a text ({limits.named('document_characters')}): split it")
            kept.append(part)
    except CorpusError:
        raise
    except MemoryError as error:
        raise CorpusError("needs more memory to read than there is") from error
    except Exception as error:  # both parsers raise errors of many families on broken files
        raise CorpusError(f"cannot be read as .{file_type} ({type(error).__name__}: {error})") from error
    return "\n\n".join(kept)


def _pdf_parts(path: Path, limits: Limits) -> Iterator[str]:
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = PdfReader(path)
    if reader.is_encrypted and not reader.decrypt(""):
        raise CorpusError("is locked with a password: save it without")
    found = False
    for page in reader.pages:
        text = page.extract_text()
        found = found or bool(text.strip())
        yield text
    if not found:
        raise CorpusError("holds no text, only pictures of pages: run text recognition (OCR) on it first")


def _docx_parts(path: Path, limits: Limits) -> Iterator[str]:
    import docx
    from docx.table import Table

    check_unpacked(path, limits)
    for block in docx.Document(str(path)).iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                yield " | ".join(cell.text.strip() for cell in row.cells)
        elif block.text.strip():
            yield block.text


def check_unpacked(path: Path, limits: Limits) -> None:
    """Raise CorpusError if an office document (a zip) unpacks to more than the limit of a file: parsers load it all."""
    unpacked = 0
    check_directory(path, _MAX_PARTS, f"{_MAX_PARTS:,} parts")
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            with archive.open(member) as stream:
                while chunk := stream.read(_CHUNK):
                    unpacked += len(chunk)
                    if unpacked > limits.file_bytes:
                        raise CorpusError(f"unpacks to too many bytes ({limits.named('file_bytes')})")
