"""Reading queries, qrels and the command line's query argument."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from modgap.corpus import parse_query, read_corpus, read_qrels, read_queries, with_kept_items, with_qrels
from modgap.errors import CorpusError


def test_plain_lines_without_blanks_and_comments(tmp_path: Path) -> None:
    (tmp_path / "q.txt").write_text("\ufeffwindmills\n\n# a comment\n  red shoes  \n", encoding="utf-8")
    queries = read_queries(tmp_path / "q.txt")
    assert [q.text for q in queries.queries] == ["windmills", "red shoes"]
    assert queries.modality.tolist() == ["text", "text"]


def test_labelled_json_lines_of_words_and_pictures(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4)).save(tmp_path / "p.png")
    (tmp_path / "q.jsonl").write_text(
        '{"id": "a", "text": "windmills", "relevant": ["x", "y"]}\n{"id": "b", "image": "p.png"}\n', encoding="utf-8"
    )
    queries = read_queries(tmp_path / "q.jsonl")
    assert queries.queries[0].relevant == {"x": 1, "y": 1}
    assert queries.queries[1].image == tmp_path.resolve() / "p.png"
    assert queries.modality.tolist() == ["text", "image"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "q.jsonl:1 is not JSON"),
        ('{"id": "a"}', "neither"),
        ('{"text": "a", "relevant": "x"}', "list of item ids"),
        ('{"image": "gone.png"}', 'picture "gone.png" is not there'),
        ('{"image": "../away.png"}', 'picture "../away.png" is outside the folder'),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "q.jsonl").write_text(line, encoding="utf-8")
    with pytest.raises(CorpusError, match=message):
        read_queries(tmp_path / "q.jsonl")


def test_missing_and_empty_query_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="not there"):
        read_queries(tmp_path / "gone.txt")
    (tmp_path / "q.txt").write_text("# only this\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="holds no query"):
        read_queries(tmp_path / "q.txt")


def test_qrels_label_queries(tmp_path: Path) -> None:
    (tmp_path / "q.txt").write_text("windmills\nshoes\n", encoding="utf-8")
    (tmp_path / "r.tsv").write_text("1\t0\tan id with blanks\t2\n1 0 y 0\n2 0 z 1\n", encoding="utf-8")
    labelled = with_qrels(read_queries(tmp_path / "q.txt"), read_qrels(tmp_path / "r.tsv"))
    assert [q.relevant for q in labelled.queries] == [{"an id with blanks": 2}, {"z": 1}]


def test_a_broken_line_of_qrels_is_named(tmp_path: Path) -> None:
    (tmp_path / "r.tsv").write_text("1 0 x 1\n1 0 x\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"r\.tsv:2"):
        read_qrels(tmp_path / "r.tsv")


def test_the_query_argument(tmp_path: Path) -> None:
    np.savez(tmp_path / "q.npz", ids=["a", "b:c"], modality=["text"] * 2, vectors=np.eye(2))
    Image.new("RGB", (4, 4)).save(tmp_path / "p.png")
    assert parse_query("a @ b") == "a @ b"
    assert parse_query(f"@{tmp_path}/p.png") == tmp_path / "p.png"
    assert parse_query(f"@{tmp_path}/q.npz").tolist() == [1, 0]
    assert parse_query(f"@{tmp_path}/q.npz:b:c").tolist() == [0, 1]
    for wrong, message in (("@gone.png", "gone.png is not there"), (f"@{tmp_path}/q.npz:z", 'no vector "z"')):
        with pytest.raises(CorpusError, match=message):
            parse_query(wrong)


def test_labels_of_left_out_items_count_for_what_was_kept(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The same words.", encoding="utf-8")
    (tmp_path / "b.txt").write_text("The same words.", encoding="utf-8")
    (tmp_path / "long.txt").write_text("A sentence of six plain words. " * 15, encoding="utf-8")
    (tmp_path / "q.jsonl").write_text('{"text": "x", "relevant": ["b.txt", "long.txt", "gone"]}', encoding="utf-8")
    corpus = read_corpus([tmp_path / name for name in ("a.txt", "b.txt", "long.txt")])
    labelled = with_kept_items(read_queries(tmp_path / "q.jsonl"), corpus)
    assert labelled.queries[0].relevant == {"a.txt": 1, "long.txt#1": 1, "long.txt#2": 1, "gone": 1}
