"""Decodes bytes in any usual encoding, and removes characters that no reader sees."""

from __future__ import annotations

import codecs
import re

from modgap.errors import CorpusError

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LEGACY = ["cp1252", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256"]
_LEGACY_CJK = ["cp932", "euc_jp", "gb18030", "big5", "cp949"]
_SAMPLE_BYTES = 20_000  # enough to detect an encoding
_MIN_COHERENCE = 0.2  # share of letters that look like a language, above which the detection is trusted
# C0 and C1 controls except tab and newline, and byte order marks; joiners and direction marks stay
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")
_NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd-\uffff]")
_NEWLINES = re.compile("\r\n?|\x0b|\x0c|\x85|\u2028|\u2029")
_SURROGATES = re.compile("[\ud800-\udfff]")


def decode_text(data: bytes) -> str:
    """The text of a file: UTF-8 or UTF-16, with or without a byte order mark, else the legacy encoding that fits best.

    Raises CorpusError for bytes that are not text.

    >>> decode_text("Käse".encode("utf-16")), decode_text("Käse, schön".encode("latin-1"))
    ('Käse', 'Käse, schön')
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark) and looks_like_text(data[:_SAMPLE_BYTES]):
            return data.decode(encoding, errors="replace")
    if not looks_like_text(data[:_SAMPLE_BYTES]):
        raise CorpusError("is not text")
    if b"\x00" in data[:_SAMPLE_BYTES]:
        return data.decode(_utf16_order(data[:_SAMPLE_BYTES]) or "utf-8", errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode(_legacy_encoding(data), errors="replace")


def clean_text(text: str) -> str:
    """The text with plain newlines, without control characters and outer blanks; every script stays as it is.

    >>> clean_text("a\\x00b\\r\\nc\\x1b[0m ")
    'ab\\nc[0m'
    """
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub("", _NEWLINES.sub("\n", text))).strip()


def looks_like_text(head: bytes) -> bool:
    """Whether the first bytes of a file are text in some encoding: few control bytes, or every second byte zero."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return _is_clean(head[: len(head) // 4 * 4].decode(encoding, errors="replace"))
    if b"\x00" in head:
        return _utf16_order(head) is not None
    controls = sum(head.count(bytes([c])) for c in (*range(9), *range(14, 27), *range(28, 32), 127))
    return controls <= len(head) // 50


def _utf16_order(head: bytes) -> str | None:
    """The byte order of UTF-16 without a mark, or None: in Latin text every second byte is zero."""
    pairs = len(head) // 2
    if pairs == 0:
        return None
    high_first, low_first = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    order = None
    if low_first > 0.3 * pairs and high_first == 0:
        order = "utf-16-le"
    elif high_first > 0.3 * pairs and low_first == 0:
        order = "utf-16-be"
    return order if order is not None and _is_clean(head[: 2 * pairs].decode(order, errors="replace")) else None


def _is_clean(text: str) -> bool:
    """Whether almost no character is a control, unreadable or for private use; the last one may be cut off."""
    return len(_NOT_TEXT.findall(text[:-1])) <= len(text) // 50


def _legacy_encoding(data: bytes) -> str:
    """The encoding of text that is not Unicode: the detector's, if it is sure, else Western European."""
    from charset_normalizer import from_bytes

    found = list(from_bytes(data[:_SAMPLE_BYTES], cp_isolation=_LEGACY + _LEGACY_CJK))
    if not found:
        return "latin-1"
    cleanest = [match for match in found if match.chaos <= found[0].chaos]
    best = max(cleanest, key=lambda match: match.coherence)
    names = [match.encoding for match in cleanest]
    # a few accents fit many encodings; among equals the most common one is the best guess
    return "cp1252" if best.coherence < _MIN_COHERENCE and "cp1252" in names else best.encoding
