"""The byte-pair vocabulary, read back by open_clip's own tokenizer."""

from pathlib import Path

import pytest
from open_clip.tokenizer import SimpleTokenizer

from training.tokenizer import BYTE_TOKENS, MARKS, train_merges, write_merges


def test_open_clip_reads_what_was_written(tmp_path: Path) -> None:
    merges = ["d o", "do g</w>"]
    write_merges(merges, tmp_path / "merges.txt.gz")
    tokenizer = SimpleTokenizer(str(tmp_path / "merges.txt.gz"))
    assert tokenizer.vocab_size == BYTE_TOKENS + len(merges) + MARKS
    assert [tokenizer.decoder[token] for token in tokenizer.encode("Dog")] == ["dog</w>"]
    assert [tokenizer.decoder[token] for token in tokenizer.encode("dogs")] == ["do", "g", "s</w>"]


def test_the_same_merges_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_merges(["a b", "ab c</w>"], tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_frequent_words_become_one_token() -> None:
    pytest.importorskip("tokenizers")
    merges = train_merges(["a dog runs", "a small dog", "the dog and the ball"] * 4, BYTE_TOKENS + MARKS + 20)
    assert len(merges) <= 20
    assert any(merge.replace(" ", "") == "dog</w>" for merge in merges)
