"""Pictures inside .pdf and .docx files. `SafeDecoder` calls this, since files may attack the parsers.

Marks, rules and logos are no pictures to search for: what is narrower or lower than `LEAST_SIDE` pixels is left out,
and so is what a document shows again.
"""

from __future__ import annotations

import hashlib
import io
import logging
import zipfile
from collections.abc import Iterator
from pathlib import Path

from modgap.corpus.documents import check_unpacked
from modgap.corpus.limits import DEFAULT_LIMITS, Limits
from modgap.errors import CorpusError

LEAST_SIDE = 64  # pixels
MOST = 50  # of one document


def document_pictures(path: Path, file_type: str, limits: Limits = DEFAULT_LIMITS) -> list[bytes]:
    """The pictures of a document as files of their own, in reading order, each once, at most `MOST`.

    file_type: "pdf" or "docx". One that cannot be taken out is left out.
    Raises CorpusError for a document that cannot be read, or whose pictures are too large together.
    """
    found: dict[bytes, bytes] = {}
    size = 0
    try:
        for content in {"pdf": _of_pdf, "docx": _of_docx}[file_type](path, limits):
            if not _is_large_enough(content):
                continue
            size += len(content)
            if size > limits.file_bytes:
                raise CorpusError(f"has pictures that are too large together ({limits.named('file_bytes')})")
            found.setdefault(hashlib.sha256(content).digest(), content)
            if len(found) == MOST:
                break
    except CorpusError:
        raise
    except MemoryError as error:
        raise CorpusError("needs more memory to read than there is") from error
    except Exception as error:  # both parsers raise errors of many families on broken files
        raise CorpusError(f"cannot be read as .{file_type} ({type(error).__name__}: {error})") from error
    return list(found.values())


def _of_pdf(path: Path, limits: Limits) -> Iterator[bytes]:
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = PdfReader(path)
    if reader.is_encrypted and not reader.decrypt(""):
        raise CorpusError("is locked with a password: save it without")
    for page in reader.pages:
        for name in page.images.keys():  # noqa: SIM118 - a list of pictures with names, not a mapping
            try:
                content = page.images[name].data
            except Exception:
                continue
            yield content


def _of_docx(path: Path, limits: Limits) -> Iterator[bytes]:
    check_unpacked(path, limits)
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if member.filename.startswith("word/media/") and not member.is_dir():
                yield archive.read(member)


def _is_large_enough(content: bytes) -> bool:
    """Whether the content is a picture of a size worth searching; reads its header only."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content)) as picture:
            return min(picture.size) >= LEAST_SIDE
    except Exception:  # drawings (EMF, WMF) and what Pillow does not know
        return False
