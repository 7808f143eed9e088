"""Encodings and characters: what people's files hold arrives as they wrote it."""

import pytest

from modgap.corpus.text import clean_text, decode_text
from modgap.errors import CorpusError

GERMAN = "Ein grüner Vogel sitzt über dem Fluß und wartet auf Käse."
RUSSIAN = "Привет, как дела? Это небольшой текст о море."
JAPANESE = "東京の夏はとても暑いです。海へ行きたい。"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((t, e) for t in (GERMAN, RUSSIAN, JAPANESE) for e in ("utf-8", "utf-8-sig", "utf-16", "utf-32")),
        ("A plain line.", "utf-16-le"),
        ("A plain line.", "utf-16-be"),
        (GERMAN, "latin-1"),
        ("Café au lait à la crème", "latin-1"),
        ("naïve", "latin-1"),
        ("é", "latin-1"),
        ("“quoted” — dash", "cp1252"),
        (RUSSIAN, "cp1251"),
        ("Zażółć gęślą jaźń, proszę bardzo", "cp1250"),
        (JAPANESE, "shift_jis"),
    ],
)
def test_the_encoding_is_found(text: str, encoding: str) -> None:
    assert decode_text(text.encode(encoding)) == text


@pytest.mark.parametrize("data", [bytes(range(256)), b"\x00\x01\x02\x03" * 20, b"\x7fELF\x02\x01\x01\x00" + bytes(20)])
def test_bytes_that_are_no_text_are_refused(data: bytes) -> None:
    with pytest.raises(CorpusError, match="is not text"):
        decode_text(data)


@pytest.mark.parametrize(
    "text", ["שלום עולם", "مرحبا بالعالم", "👩‍👩‍👧 family", "a\u200fb", "हिन्दी", "e\u0301", "tab\tand\nline"]
)
def test_every_script_stays_as_it_is(text: str) -> None:
    assert clean_text(text) == text


def test_control_characters_are_stripped() -> None:
    assert clean_text("\x00a\x1b\x07b\x9f\ufeff\r\nc\rd\u2028e\x7f ") == "ab\nc\nd\ne"
