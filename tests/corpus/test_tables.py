"""Tables: the columns, the delimiters, and rows that are broken by accident or on purpose."""

from pathlib import Path

import pytest

from modgap.corpus import Limits, read_corpus
from modgap.errors import CorpusError


def reasons(corpus) -> dict[str, str]:
    return {each.id: each.reason for each in corpus.skipped}


def test_rows_of_texts_and_pictures_with_captions(folder: Path) -> None:
    (folder / "c.csv").write_text(
        'id,text,image,caption\na,"A quiet, old\nharbour",,\nb,,red square.jpg,a red square\n,Just a text,,\n,,,\n',
        encoding="utf-8",
    )
    corpus = read_corpus(folder / "c.csv")
    assert [(i.id, i.modality.value, i.text, i.caption) for i in corpus.items] == [
        ("a", "text", "A quiet, old\nharbour", None),
        ("b", "image", None, "a red square"),
        ("line-5", "text", "Just a text", None),
    ]
    assert corpus.items[1].path == (folder / "red square.jpg").resolve()
    assert corpus.skipped == []


def test_a_picture_and_a_text_in_a_row_make_one_item(folder: Path) -> None:
    (folder / "c.csv").write_text("text,image\na red square,red square.jpg\n", encoding="utf-8")
    found = [(i.id, i.modality.value, i.caption, i.text, i.parent) for i in read_corpus(folder / "c.csv").items]
    assert found == [
        ("line-2", "image", "a red square", None, "line-2"),
        ("line-2#text", "text", None, "a red square", "line-2"),
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.tsv", "id\ttext\na\tone, two\n"),
        ("t.csv", "id;text\r\na;one, two\r\n"),
        ("t.csv", '\ufeffID,Text\na,"one, two"\n'),
        ("t.csv", 'text,id\n"one, two",a'),
    ],
)
def test_delimiters_marks_and_order_of_columns(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_bytes(content.encode())
    assert [(i.id, i.text) for i in read_corpus(tmp_path / name).items] == [("a", "one, two")]


@pytest.mark.parametrize("content", ["", "\n", "label,words\na,b\n", "id\na\n", "text,text\na,b\n"])
def test_a_table_without_a_usable_header_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "t.csv").write_text(content, encoding="utf-8")
    with pytest.raises(CorpusError, match=r"t\.csv"):
        read_corpus(tmp_path / "t.csv")


def test_a_quote_that_is_never_closed_costs_its_line_alone(tmp_path: Path) -> None:
    rows = ["id,text", "a,one", 'b,"two', *(f"c{i},text {i}" for i in range(20_000))]
    (tmp_path / "t.csv").write_text("\n".join(rows), encoding="utf-8")
    corpus = read_corpus(tmp_path / "t.csv")
    assert len(corpus.items) == 20_001
    assert list(reasons(corpus)) == ["t.csv:3"]
    assert "opens a quote" in reasons(corpus)["t.csv:3"]


def test_a_field_of_200_kb_costs_its_row_alone(tmp_path: Path) -> None:
    for huge in ("x" * 200_000, '"' + "x" * 200_000 + '"', "x" * 110_000):
        (tmp_path / "t.csv").write_text(f"id,text\na,one\nb,{huge}\nc,three\n", encoding="utf-8")
        corpus = read_corpus(tmp_path / "t.csv")
        assert [item.id for item in corpus.items] == ["a", "c"]
        assert "limit field_characters: 100,000" in reasons(corpus)["t.csv:3"]


def test_rows_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("no picture", encoding="utf-8")
    rows = ["id,text,image", "a,one,,extra", 'b,"x"y,', "c,,../out.png", "d,,gone.png", "e,,x.txt", "f,ok,", "f,no,"]
    (tmp_path / "t.csv").write_text("\n".join(rows), encoding="utf-8")
    corpus = read_corpus(tmp_path / "t.csv")
    assert [item.id for item in corpus.items] == ["f"]
    named = list(reasons(corpus).values())
    expected = ["4 fields", "not a row", "outside the folder", "not there", "not a picture file", "repeats the id"]
    for reason, words in zip(named, expected, strict=True):
        assert words in reason


def test_too_many_rows_are_refused(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("text\n" + "row\n" * 11, encoding="utf-8")
    with pytest.raises(CorpusError, match=r"too many rows .limit table_rows: 10"):
        read_corpus(tmp_path / "t.csv", limits=Limits(table_rows=10))
