"""Pictures inside documents, taken out in a process apart."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest
from PIL import Image

from modgap.corpus import Limits, Queries, Query, read_corpus, with_kept_items
from modgap.corpus.document_pictures import document_pictures
from modgap.errors import CorpusError


def picture(colour: str, side: int = 80) -> io.BytesIO:
    buffer = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(buffer, "PNG")
    buffer.seek(0)
    return buffer


@pytest.fixture
def report(tmp_path: Path) -> Path:
    written = docx.Document()
    written.add_paragraph("A report about colours, with two pictures and a mark.")
    for each in (picture("red"), picture("blue"), picture("red"), picture("black", side=20)):
        written.add_picture(each)
    written.save(tmp_path / "report.docx")
    return tmp_path / "report.docx"


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    Image.new("RGB", (100, 90), "green").save(tmp_path / "scan.pdf")
    return tmp_path / "scan.pdf"


def test_each_picture_is_an_item_of_its_document_once(report: Path) -> None:
    corpus = read_corpus(report.parent)
    found = [(item.id, item.modality.value, item.source) for item in corpus.items]
    assert found == [
        ("report.docx", "text", None),
        ("report.docx#picture-1", "image", "report.docx"),
        ("report.docx#picture-2", "image", "report.docx"),
    ]
    with Image.open(corpus.items[1].path) as opened:
        assert opened.convert("RGB").getpixel((9, 9)) == (255, 0, 0)
    asked = Queries([Query("1", "colours", relevant={"report.docx": 1})], modality=None)
    assert set(with_kept_items(asked, corpus).queries[0].relevant) == {item.id for item in corpus.items}


def test_a_document_without_text_still_has_its_pictures(scan: Path) -> None:
    corpus = read_corpus(scan.parent)
    assert [item.id for item in corpus.items] == ["scan.pdf#picture-1"]
    assert "holds no text" in corpus.skipped[0].reason


def test_too_many_bytes_and_broken_documents_are_named(report: Path, scan: Path) -> None:
    with pytest.raises(CorpusError, match="limit file_bytes"):
        document_pictures(report, "docx", Limits(file_bytes=100))
    for path, kind in ((report, "docx"), (scan, "pdf")):
        path.write_bytes(path.read_bytes()[:300])
        with pytest.raises(CorpusError, match=kind):
            document_pictures(path, kind)
