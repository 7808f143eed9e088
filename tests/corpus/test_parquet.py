"""`.parquet` as vectors and as rows, and the message without pyarrow."""

import sys
from pathlib import Path

import pytest

from modgap.corpus import Limits, read_corpus
from modgap.errors import CorpusError


@pytest.fixture
def write(tmp_path: Path):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    def written(**columns: list) -> Path:
        parquet.write_table(pyarrow.table(columns), tmp_path / "c.parquet")
        return tmp_path / "c.parquet"

    return written


def test_vectors(write) -> None:
    path = write(id=["a", "b"], modality=["image", "text"], vector=[[3.0, 4.0], [0.0, 2.0]])
    corpus = read_corpus(path)
    assert [(item.id, item.modality.value) for item in corpus.items] == [("a", "image"), ("b", "text")]
    assert corpus.vectors[0].tolist() == pytest.approx([0.6, 0.8])


def test_rows(write) -> None:
    corpus = read_corpus(write(id=["a", None, "c"], text=["One.", "Two.", None]))
    assert [(item.id, item.text) for item in corpus.items] == [("a", "One."), ("line-2", "Two.")]
    assert corpus.skipped[0].id == "c.parquet:3"


def test_broken_files_and_limits_are_named(write, tmp_path: Path) -> None:
    path = write(id=["a"] * 3, modality=["text"] * 3, vector=[[1.0, 0.0]] * 3)
    with pytest.raises(CorpusError, match='id "a" more than once'):
        read_corpus(path)
    with pytest.raises(CorpusError, match="limit items: 2"):
        read_corpus(path, limits=Limits(items=2))
    with pytest.raises(CorpusError, match="limit vector_bytes: 10"):
        read_corpus(path, limits=Limits(vector_bytes=10))
    with pytest.raises(CorpusError, match="not the columns id, modality, vector"):
        read_corpus(write(label=["a"]))
    ragged = write(id=["a", "b"], modality=["text"] * 2, vector=[[1.0], [1.0, 2.0]])
    with pytest.raises(CorpusError, match=r"c\.parquet"):
        read_corpus(ragged)
    path.write_bytes(b"PAR1 no more")
    with pytest.raises(CorpusError, match=r"cannot be read as \.parquet"):
        read_corpus(path)


def test_without_pyarrow_the_message_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (tmp_path / "c.parquet").write_bytes(b"PAR1")
    with pytest.raises(CorpusError, match=r"pip install 'modgap\[parquet\]'"):
        read_corpus(tmp_path / "c.parquet")


def test_groups_of_vectors(write) -> None:
    columns = {"id": ["a", "b", "c"], "vector": [[1.0, 0.0]] * 3}
    corpus = read_corpus(write(**columns, modality=["image", "licences", "text"]))
    assert corpus.counts == {"text": 1, "image": 1, "licences": 1}
    corpus = read_corpus(write(**columns, modality=["image", "image", "text"], group=["maps", None, "notes"]))
    assert [item.group for item in corpus.items] == ["maps", "image", "notes"]
    for broken, message in (
        ({"modality": ["image", "text", None]}, "`modality` of row 2 .*is empty"),
        ({"modality": [0, 1, 1]}, "modality of row 0 is not a string"),
        ({"modality": ["text"] * 3, "group": [1, 2, 3]}, "group of row 0 is not a string"),
        ({"modality": ["image", "text", "text"], "group": ["x", "x", "x"]}, 'row 1 belongs to the group "x"'),
    ):
        with pytest.raises(CorpusError, match=message):
            read_corpus(write(**columns, **broken))


def test_groups_of_rows(write) -> None:
    corpus = read_corpus(write(id=["a", "b", "c"], text=["One.", "Two.", "Three."], group=["notes", None, "a\nb"]))
    assert [(item.id, item.group) for item in corpus.items] == [("a", "notes"), ("b", "text")]
    assert "cannot be printed" in corpus.skipped[0].reason
    assert "not a string" in read_corpus(write(text=["One.", "Two."], group=[None, 7])).skipped[0].reason
