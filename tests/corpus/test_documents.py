"""Documents: text of .pdf and .docx, read in a process apart; broken ones refused in words."""

import zipfile
from pathlib import Path

import docx
import pytest
from pypdf import PdfWriter

from modgap.corpus import Limits, read_corpus
from modgap.corpus.documents import document_text
from modgap.errors import CorpusError


def pdf_of(text: str) -> bytes:
    """A PDF of one page, written by hand."""
    stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    body, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + b"xref\n0 5\n0000000000 65535 f \n%strailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        table,
        len(body),
    )


def test_documents_are_read_and_cut(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf_of("A mill turns wind into work."))
    written = docx.Document()
    for number in range(20):
        written.add_paragraph(f"Paragraph {number} tells of a harbour, of boats and of the wind.")
    written.add_table(1, 2).rows[0].cells[1].text = "in a table"
    written.save(str(tmp_path / "b.docx"))
    corpus = read_corpus(tmp_path)
    assert corpus.skipped == []
    assert corpus.items[0].id == "a.pdf"
    assert corpus.items[0].text == "A mill turns wind into work."
    assert corpus.report.cut == {"b.docx": len(corpus.items) - 1}
    assert "in a table" in corpus.items[-1].text


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.pdf", b"%PDF-1.7 and nothing more", r"cannot be read as \.pdf"),
        ("a.pdf", pdf_of("   "), "holds no text"),
    ],
)
def test_broken_documents_are_refused(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CorpusError, match=reason):
        read_corpus(tmp_path / name)


def test_a_locked_pdf_is_refused(tmp_path: Path) -> None:
    writer = PdfWriter()
    writer.add_blank_page(72, 72)
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(tmp_path / "a.pdf")
    with pytest.raises(CorpusError, match="password"):
        document_text(tmp_path / "a.pdf", "pdf")


def test_a_docx_that_is_a_bomb_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<w>" + b" " * 5_000_000)
    with pytest.raises(CorpusError, match="limit file_bytes: 1,000,000"):
        document_text(tmp_path / "a.docx", "docx", Limits(file_bytes=1_000_000))


def test_a_text_that_is_too_long_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf_of("A mill turns wind into work."))
    with pytest.raises(CorpusError, match="limit document_characters: 10"):
        document_text(tmp_path / "a.pdf", "pdf", Limits(document_characters=10))
