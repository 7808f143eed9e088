"""Reading corpora: what is read, what is skipped and why, what is refused."""

import json
from pathlib import Path

import numpy as np
import pytest

from modgap.corpus import read_corpus
from modgap.errors import CorpusError


def reasons(corpus) -> dict[str, str]:
    return {skipped.id: skipped.reason for skipped in corpus.skipped}


def test_a_folder_is_read_by_path_and_the_rest_is_named(folder: Path) -> None:
    corpus = read_corpus(folder)
    assert [item.id for item in corpus.items] == [
        "broken.jpg",
        "notes.txt",
        "red square.jpg",
        "sub/BLAU.PNG",
        "sub/grüße.md",
    ]
    assert corpus.counts == {"text": 2, "image": 3}
    named = reasons(corpus)
    assert named["empty.txt"] == "is empty"
    assert "not UTF-8" in named["latin.txt"]
    assert "not of a kind" in named["table.xlsx"]
    assert ".hidden.txt" not in named


def test_a_list_of_files_is_read_by_name(folder: Path) -> None:
    (folder / "sub" / "notes.txt").write_text("Another note.", encoding="utf-8")
    paths = [folder / "notes.txt", folder / "sub" / "notes.txt", folder / "red square.jpg", folder / "gone.txt"]
    corpus = read_corpus(paths)
    assert [item.id for item in corpus.items] == [paths[0].as_posix(), paths[1].as_posix(), "red square.jpg"]
    assert reasons(corpus) == {"gone.txt": "is not there"}


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


def test_vectors_are_read_as_unit_rows(tmp_path: Path) -> None:
    path = tmp_path / "v.npz"
    np.savez(path, ids=["a", "b"], modality=["image", "text"], vectors=np.asarray([[3.0, 4.0], [0.0, 2.0]]))
    corpus = read_corpus(path)
    assert [(item.id, item.modality.value) for item in corpus.items] == [("a", "image"), ("b", "text")]
    assert corpus.vectors.tolist() == [[pytest.approx(0.6), pytest.approx(0.8)], [0.0, 1.0]]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"ids": ["a"], "vectors": [[1.0]]}, "lacks modality"),
        ({"ids": ["a", "a"], "modality": ["text"] * 2, "vectors": [[1.0]] * 2}, 'id "a" more than once'),
        ({"ids": ["a", "b"], "modality": ["text"] * 2, "vectors": [[1.0]]}, "2 ids"),
        ({"ids": ["a"], "modality": ["sound"], "vectors": [[1.0]]}, '"sound"'),
        ({"ids": ["a"], "modality": ["text"], "vectors": [[0.0]]}, '"a".*zeros'),
        ({"ids": np.asarray(["a", {}], dtype=object), "modality": ["text"] * 2, "vectors": [[1.0]] * 2}, "npz"),
    ],
)
def test_broken_vector_files_are_refused_by_cause(tmp_path: Path, arrays: dict, message: str) -> None:
    path = tmp_path / "v.npz"
    np.savez(path, **arrays)
    with pytest.raises(CorpusError, match=message):
        read_corpus(path)


def test_a_file_that_only_claims_to_be_vectors_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "v.npz"
    path.write_bytes(b"no zip at all")
    with pytest.raises(CorpusError, match=r"v\.npz"):
        read_corpus(path)


def test_missing_and_empty_sources_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="nowhere is not there"):
        read_corpus(tmp_path / "nowhere")
    with pytest.raises(CorpusError, match="holds no picture or text"):
        read_corpus(tmp_path)
    (tmp_path / "empty.txt").touch()
    with pytest.raises(CorpusError, match=r"empty\.txt is empty"):
        read_corpus(tmp_path)
    with pytest.raises(CorpusError, match="is not a corpus"):
        read_corpus(tmp_path / "empty.txt")


def test_an_id_may_be_any_json_value(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text(json.dumps({"id": 7, "text": "seven"}), encoding="utf-8")
    assert read_corpus(path).items[0].id == "7"


def test_a_line_of_json_lines_ends_only_at_a_newline(tmp_path):
    path = tmp_path / "lines.jsonl"
    path.write_text('{"id": "a", "text": "one\u2028two\u0085three"}\n{"id": "b", "text": "four"}\n', encoding="utf-8")

    assert [item.id for item in read_corpus(path).items] == ["a", "b"]
