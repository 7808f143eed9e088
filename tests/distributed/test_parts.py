"""Encoding in blocks gives what encoding in one piece gives, and a second run does only what is missing."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

import modgap
from modgap.corpus import Corpus
from modgap.distributed import parts
from modgap.distributed.mapping import one_by_one
from modgap.distributed.parts import discard_blocks, encode_block, encode_in_blocks
from modgap.errors import CorpusError, ModgapError


@pytest.fixture
def corpus(tmp_path):
    """Five passages, three pictures, and a picture that is none."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    for number, word in enumerate(["bread", "river", "winter", "guitar", "harbour"]):
        (folder / f"{number}.txt").write_text(f"A few words about {word} and its place in the year.")
    for number, colour in enumerate(["red", "green", "blue"]):
        Image.new("RGB", (64, 48), colour).save(folder / f"{number}.png")
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nno picture")
    return modgap.read_corpus(folder)


class Counting:
    """A mapping that notes how many blocks it ran, and stops after `most`."""

    def __init__(self, most: int = 99) -> None:
        self.ran, self.most = 0, most

    def __call__(self, work, tasks):
        for place in reversed(range(len(tasks))):  # a cluster answers in any order
            if self.ran == self.most:
                raise ModgapError("the cluster is gone")
            self.ran += 1
            yield place, work(tasks[place])


def test_blocks_give_the_vectors_of_one_piece_and_the_order_of_the_corpus(corpus, tmp_path):
    whole = modgap.Collection.encode(corpus, modgap.load_encoder())

    found = encode_in_blocks(corpus, tmp_path / "blocks", one_by_one, block=2)

    assert [item.id for item in found.items] == [item.id for item in whole.items]
    np.testing.assert_allclose(found.vectors, whole.vectors, atol=1e-5)
    assert [each.id for each in found.skipped] == ["broken.png"]


def test_a_second_run_encodes_only_what_is_missing(corpus, tmp_path):
    folder = tmp_path / "blocks"
    with pytest.raises(ModgapError, match="gone"):
        encode_in_blocks(corpus, folder, Counting(most=2), block=2)

    second = Counting()
    found = encode_in_blocks(corpus, folder, second, block=2)

    assert second.ran == -(-len(corpus.items) // 2) - 2
    assert len(found.items) == 8


def test_a_changed_picture_and_a_broken_block_are_encoded_again(corpus, tmp_path):
    folder = tmp_path / "blocks"
    encode_in_blocks(corpus, folder, one_by_one, block=1)
    picture = next(item for item in corpus.items if item.id == "1.png")
    Image.new("RGB", (70, 48), "white").save(picture.path)
    next(folder.glob("*.npz")).write_bytes(b"cut off")

    again = Counting()
    encode_in_blocks(corpus, folder, again, block=1)

    assert again.ran in (1, 2)  # the broken block may have been the old one of the picture
    discard_blocks(folder)
    assert not folder.exists()


def test_workers_with_other_weights_are_refused(corpus, tmp_path, monkeypatch):
    def other_weights(block):
        found = encode_block(block)
        return parts.EncodedBlock(found.kept, found.vectors, found.skipped, fingerprint=str(block.items[0].id))

    monkeypatch.setattr(parts, "encode_block", other_weights)
    with pytest.raises(ModgapError, match="different weights"):
        encode_in_blocks(corpus, tmp_path / "blocks", one_by_one, block=4)


def test_vectors_need_no_encoding(tmp_path):
    corpus = Corpus([], vectors=np.eye(2, dtype=np.float32))
    with pytest.raises(CorpusError, match="nothing to encode"):
        encode_in_blocks(corpus, tmp_path, one_by_one)
