"""`read_corpus`: every source through one entry point."""

from pathlib import Path

import pytest

from modgap.corpus import read_corpus
from modgap.errors import CorpusError


def test_missing_and_empty_sources_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="nowhere is not there"):
        read_corpus(tmp_path / "nowhere")
    with pytest.raises(CorpusError, match="holds no picture or text"):
        read_corpus(tmp_path)
    (tmp_path / "empty.txt").touch()
    with pytest.raises(CorpusError, match=r"empty\.txt is empty"):
        read_corpus(tmp_path)
    with pytest.raises(CorpusError, match=r"empty\.txt is empty"):
        read_corpus(tmp_path / "empty.txt")


def test_a_text_alone_is_a_corpus_whole_or_by_lines(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text("One line.\n\n  And a third.\n", encoding="utf-8")
    assert [item.id for item in read_corpus(tmp_path / "t.txt").items] == ["t.txt"]
    by_lines = read_corpus(tmp_path / "t.txt", lines=True)
    assert [(item.id, item.text, item.source) for item in by_lines.items] == [
        ("t.txt#1", "One line.", None),
        ("t.txt#3", "And a third.", None),
    ]


@pytest.mark.parametrize("address", ["https://me:hunter2@x.example/a.zip", "postgresql://h/db?table=items", "s3://b/k"])
def test_an_address_is_not_taken_for_a_path_and_not_repeated(address: str) -> None:
    with pytest.raises(CorpusError, match="download it, and give the file") as caught:
        read_corpus(address)
    assert "hunter2" not in str(caught.value)
