"""JSON lines that are broken by accident or on purpose."""

import json
from pathlib import Path

import pytest

from modgap.corpus import Limits, read_corpus
from modgap.errors import CorpusError


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"id": "a", "text": "b", "score": NaN}', "NaN is not a number"),
        ('{"id": "a", "text": "b", "score": -Infinity}', "-Infinity is not a number"),
        ("[" * 100_000, "limit json_nesting: 32"),
        ('{"a":' * 50_000 + "1" + "}" * 50_000, "limit json_nesting: 32"),
        ('{"text": "' + "x" * 200_000 + '"}', "limit field_characters: 100,000"),
        ('{"id": "' + "x" * 5_000 + '", "text": "a"}', "id of 5,000 characters"),
        ('{"id": 1' + "0" * 5_000 + ', "text": "a"}', "is not JSON"),
        ('{"image": "a\\u0000b.png"}', "outside the folder"),
        ('{"image": "' + "x" * 5_000 + '.png"}', "names a picture"),
        ('{"text": ["a"]}', "neither"),
    ],
)
def test_a_hostile_line_is_named_and_the_next_is_read(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text(f'{line}\n{{"id": "good", "text": "A harbour [at dusk]."}}\n', encoding="utf-8")
    corpus = read_corpus(path)
    assert [item.id for item in corpus.items] == ["good"]
    assert corpus.skipped[0].id == "c.jsonl:1"
    assert reason in corpus.skipped[0].reason
    assert len(corpus.skipped[0].reason) < 250


def test_brackets_in_strings_are_no_nesting(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text('{"text": "a \\" ' + "[{" * 50 + '"}', encoding="utf-8")
    assert len(read_corpus(path).items) == 1


def test_line_separators_inside_strings_do_not_end_a_line(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text('{"text": "one\u2028two"}\r\n{"text": "three"}', encoding="utf-8")
    assert [item.text for item in read_corpus(path).items] == ["one\ntwo", "three"]


def test_half_a_surrogate_does_not_reach_the_corpus(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text('{"id": "\\ud83d", "text": "\\ud83d\\ude00 ok \\ud83d"}', encoding="utf-8")
    item = read_corpus(path).items[0]
    assert (item.id, item.text) == ("\ufffd", "😀 ok \ufffd")


def test_too_many_rows_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text('{"text": "a"}\n' * 11, encoding="utf-8")
    with pytest.raises(CorpusError, match=r"too many rows .limit table_rows: 10"):
        read_corpus(path, limits=Limits(table_rows=10))


def reasons(corpus) -> dict[str, str]:
    return {skipped.id: skipped.reason for skipped in corpus.skipped}


def test_json_lines_keep_good_lines_and_name_bad_ones(folder: Path) -> None:
    rows = [
        '{"id": "a", "text": "A quiet harbour."}',
        '{"id": "b", "image": "red square.jpg", "caption": "a red square"}',
        "not json",
        '{"id": "a", "text": "again"}',
        '{"id": "c", "image": "../outside.jpg"}',
        '{"id": "d", "image": "gone.jpg"}',
        '{"id": "e"}',
        '["a list"]',
        '{"text": "   "}',
        "",
        '{"text": "no id"}',
    ]
    path = folder / "corpus.jsonl"
    path.write_text("\n".join(rows), encoding="utf-8")
    corpus = read_corpus(path)
    assert [(item.id, item.modality.value) for item in corpus.items] == [
        ("a", "text"),
        ("b", "image"),
        ("line-11", "text"),
    ]
    assert corpus.items[1].caption == "a red square"
    named = reasons(corpus)
    assert sorted(named) == [f"corpus.jsonl:{n}" for n in (3, 4, 5, 6, 7, 8, 9)]
    assert "repeats the id" in named["corpus.jsonl:4"]
    assert "outside the folder" in named["corpus.jsonl:5"]


def test_an_id_may_be_any_json_value(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text(json.dumps({"id": 7, "text": "seven"}), encoding="utf-8")
    assert read_corpus(path).items[0].id == "7"


def test_a_line_of_json_lines_ends_only_at_a_newline(tmp_path):
    path = tmp_path / "lines.jsonl"
    path.write_text('{"id": "a", "text": "one\u2028two\u0085three"}\n{"id": "b", "text": "four"}\n', encoding="utf-8")

    assert [item.id for item in read_corpus(path).items] == ["a", "b"]
