"""Rows of .xlsx files, read in a process apart."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
from PIL import Image

import modgap
from modgap.corpus import Limits
from modgap.corpus.spreadsheets import spreadsheet_text
from modgap.errors import CorpusError

ROWS = [
    ("sku", "title", "description", "image_path", "price"),
    ("a1", "Red mug", 'For "tea", mostly', "red.png", 3.5),
    ("a2", "Blue mug", None, "gone.png", 4),
]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "empty"
    sheet = book.create_sheet("products")
    for row in ROWS:
        sheet.append(row)
    book.save(tmp_path / "products.xlsx")
    Image.new("RGB", (32, 32), "red").save(tmp_path / "red.png")
    return tmp_path / "products.xlsx"


@pytest.mark.parametrize("alone", [True, False], ids=["alone", "in its folder"])
def test_rows_are_items_and_a_lost_picture_leaves_its_text(table: Path, alone: bool) -> None:
    corpus = modgap.read_corpus(table if alone else table.parent)
    found = {item.id: item.text for item in corpus.items}
    assert found == {
        "a1": None,
        "a1#text": 'title: Red mug\ndescription: For "tea", mostly',
        "a2": "title: Blue mug",
    }
    [skipped] = corpus.skipped
    assert (skipped.id, "its text is kept" in skipped.reason) == ("a2", True)
    [read] = corpus.tables
    assert (read.columns.id, read.columns.ignored) == ("sku", ("price",))
    assert read.first["image"] == "red.png"


def test_limits_and_broken_files_are_named(table: Path) -> None:
    with pytest.raises(CorpusError, match="too many rows"):
        spreadsheet_text(table, Limits(table_rows=1))
    with pytest.raises(CorpusError, match="too large"):
        modgap.read_corpus(table, limits=Limits(file_bytes=1000))
    whole = table.read_bytes()
    table.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CorpusError, match=r"products\.xlsx"):
        modgap.read_corpus(table)


def test_a_sheet_that_unpacks_to_a_mountain_is_refused(table: Path) -> None:
    with zipfile.ZipFile(table, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet9.xml", b" " * 3_000_000)
    with pytest.raises(CorpusError, match="unpacks to too many bytes"):
        spreadsheet_text(table, Limits(file_bytes=1_000_000))


def test_formulas_are_not_read_and_an_empty_book_is_said(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "empty.xlsx")
    with pytest.raises(CorpusError, match="without a row"):
        spreadsheet_text(tmp_path / "empty.xlsx")
    book.active.append(["title", '=HYPERLINK("http://example.org","x")'])
    book.save(tmp_path / "formula.xlsx")
    assert "HYPERLINK" not in spreadsheet_text(tmp_path / "formula.xlsx")
