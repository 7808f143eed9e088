"""Rows of tables: what becomes an item, which group it gets, and why a row is refused."""

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from modgap.corpus import Limits, read_corpus
from modgap.corpus.builder import CorpusBuilder
from modgap.corpus.options import DEFAULT_OPTIONS, ReadOptions
from modgap.corpus.rows import add_row, inside
from modgap.errors import CorpusError
from modgap.items import Item, Modality


def added(folder: Path, *rows: dict[str, Any], limits: Limits | None = None) -> list[Item]:
    builder = CorpusBuilder(ReadOptions(limits) if limits else DEFAULT_OPTIONS)
    for number, row in enumerate(rows, start=1):
        add_row(row, number, folder, builder)
    return builder.items


def test_a_row_with_both_is_a_picture_and_a_text_of_one_item(folder: Path) -> None:
    row = {"id": "a", "text": "words", "image": "red square.jpg", "caption": "a square"}
    path = (folder / "red square.jpg").resolve()
    text = Item("a#text", Modality.TEXT, text="words", parent="a")
    assert added(folder, row) == [Item("a", Modality.IMAGE, path=path, caption="a square", parent="a"), text]
    [picture, _] = added(folder, {**row, "caption": ""})
    assert picture.caption == "words"


def test_a_caption_alone_is_shown_and_not_searched(folder: Path) -> None:
    [picture] = added(folder, {"id": "a", "image": "red square.jpg", "caption": "a square"})
    assert (picture.caption, picture.parent) == ("a square", "")


def test_items_may_share_a_text_but_a_row_given_twice_is_one(folder: Path) -> None:
    (folder / "other.jpg").write_bytes((folder / "red square.jpg").read_bytes() + b"\0")
    rows = [
        {"id": "a", "text": "words", "image": "red square.jpg"},
        {"id": "b", "text": "words", "image": "other.jpg"},
        {"id": "c", "text": "words", "image": "red square.jpg"},
    ]
    assert [item.id for item in added(folder, *rows)] == ["a", "a#text", "b", "b#text"]


@pytest.mark.parametrize("group", [None, "", "  ", "text"])
def test_without_a_name_the_group_is_the_modality(tmp_path: Path, group: str | None) -> None:
    assert added(tmp_path, {"text": "One.", "group": group})[0].group == "text"


@pytest.mark.parametrize("group", ["licences", "<script>alert(1)</script>", "Bücher & 本", "=1+1", "x" * 100])
def test_a_group_may_have_any_printable_name(tmp_path: Path, group: str) -> None:
    item = added(tmp_path, {"text": "One.", "group": f" {group} "})[0]
    assert (item.modality, item.group) == (Modality.TEXT, group)


@pytest.mark.parametrize(
    ("group", "reason"),
    [
        ("two\nlines", r"the group 'two\\nlines', which holds characters that cannot be printed"),
        ("\u202eevil", "cannot be printed"),
        ("\ud800", "cannot be printed"),
        ("x" * 101, "which is longer than 100 characters"),
        ("x" * 1_000_000, "limit field_characters: 100,000"),
        ("query.text", 'begins with "query."'),
        (7, '"group" that is not a string'),
        (True, '"group" that is not a string'),
        (["a"], '"group" that is not a string'),
        ({"a": 1}, '"group" that is not a string'),
    ],
)
def test_a_bad_group_is_refused_with_the_reason(tmp_path: Path, group: object, reason: str) -> None:
    with pytest.raises(CorpusError, match=reason) as raised:
        added(tmp_path, {"text": "One.", "group": group})
    assert len(str(raised.value)) < 300


def test_an_id_is_limited_and_a_missing_one_is_the_line(tmp_path: Path) -> None:
    assert added(tmp_path, {"text": "One."}, {"id": 7, "text": "Two."})[0].id == "line-1"
    with pytest.raises(CorpusError, match="id of 1,001 characters, more than 1,000"):
        added(tmp_path, {"id": "x" * 1_001, "text": "One."})


def test_a_path_that_leaves_the_folder_is_no_file_of_the_table(tmp_path: Path) -> None:
    assert inside(tmp_path, "a/../b.png") == tmp_path.resolve() / "b.png"
    assert inside(tmp_path, "../b.png") is None
    assert inside(tmp_path, "/etc/passwd") is None
    assert inside(tmp_path, "a\x00b") is None


THREE_GROUPS = [
    {"id": "a", "text": "A mill.", "image": "", "group": ""},
    {"id": "b", "text": "", "image": "p.png", "group": ""},
    {"id": "c", "text": "CC BY 4.0", "image": "", "group": "licences"},
    {"id": "d", "text": "", "image": "q.png", "group": "licences"},
    {"id": "e", "text": "A mill.", "image": "", "group": "licences"},
]


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".tsv"])
def test_every_table_has_a_group_column(tmp_path: Path, suffix: str) -> None:
    for name, colour in (("p.png", "red"), ("q.png", "blue")):
        Image.new("RGB", (8, 8), colour).save(tmp_path / name)
    path = tmp_path / f"t{suffix}"
    if suffix == ".jsonl":
        path.write_text("\n".join(json.dumps(row) for row in THREE_GROUPS), encoding="utf-8")
    else:
        rows = [list(THREE_GROUPS[0]), *(list(row.values()) for row in THREE_GROUPS)]
        delimiter = "," if suffix == ".csv" else "\t"
        path.write_text("\n".join(delimiter.join(row) for row in rows), encoding="utf-8")
    corpus = read_corpus(path)
    assert [(item.id, item.group) for item in corpus.items] == [
        ("a", "text"),
        ("b", "image"),
        ("c", "licences"),
        ("e", "licences"),
    ]
    assert corpus.report.read == {"text": 1, "image": 1, "licences": 2}
    assert corpus.duplicates == []
    assert [each.reason for each in corpus.skipped] == [
        'belongs to the group "licences", which holds passages: give pictures a group of their own'
    ]
