"""A corpus: its counts by group, and a fingerprint that changes with what it holds."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np

from modgap.corpus import Corpus, Skipped, corpus_fingerprint
from modgap.items import Item, Modality

VECTORS = np.eye(2, dtype=np.float32)
ITEMS = [Item("a", Modality.TEXT, text="One."), Item("b", Modality.TEXT, text="Two.")]


def test_counts_are_by_group_in_a_fixed_order() -> None:
    items = [Item("c", Modality.TEXT, group="licences"), Item("d", Modality.IMAGE), *ITEMS]
    assert list(Corpus(items).counts.items()) == [("text", 2), ("image", 1), ("licences", 1)]
    assert Corpus(items[:1]).counts == {"licences": 1}
    assert Corpus(ITEMS).counts == {"text": 2, "image": 0}


def test_the_report_holds_what_was_read_and_what_was_not() -> None:
    report = Corpus(ITEMS, [Skipped("c", "is empty")], cut={"a": 2}).report
    assert (report.read, report.cut) == ({"text": 2, "image": 0}, {"a": 2})
    assert report.rows() == [("c", "skipped", "is empty"), ("a", "cut", "into 2 passages")]


def test_the_fingerprint_changes_with_every_item_and_not_with_vectors_of_texts() -> None:
    first = corpus_fingerprint(ITEMS, VECTORS)
    assert first == corpus_fingerprint(ITEMS, VECTORS[::-1])
    others = [
        corpus_fingerprint(ITEMS[::-1], VECTORS),
        corpus_fingerprint(ITEMS[:1], VECTORS[:1]),
        corpus_fingerprint([replace(ITEMS[0], text="Other."), ITEMS[1]], VECTORS),
        corpus_fingerprint([replace(ITEMS[0], id="c"), ITEMS[1]], VECTORS),
        corpus_fingerprint([replace(ITEMS[0], group="notes"), ITEMS[1]], VECTORS),
    ]
    assert len({first, *others}) == 6


def test_items_without_content_are_known_by_their_vectors_and_pictures_by_their_size(tmp_path: Path) -> None:
    bare = [Item("a", Modality.TEXT), Item("b", Modality.IMAGE)]
    assert corpus_fingerprint(bare, VECTORS) != corpus_fingerprint(bare, VECTORS[::-1])
    item = Item("p", Modality.IMAGE, path=tmp_path / "p.png")
    gone = corpus_fingerprint([item], VECTORS[:1])
    (tmp_path / "p.png").write_bytes(b"12")
    two_bytes = corpus_fingerprint([item], VECTORS[:1])
    (tmp_path / "p.png").write_bytes(b"123")
    assert len({gone, two_bytes, corpus_fingerprint([item], VECTORS[:1])}) == 3


def test_the_fingerprint_is_that_of_the_bytes_of_each_item_in_turn(tmp_path: Path) -> None:
    (tmp_path / "p.png").write_bytes(b"12")
    items = [Item(str(row), Modality.IMAGE) for row in range(5)]
    items[1] = Item("1", Modality.IMAGE, path=tmp_path / "p.png")
    items[2] = Item("2", Modality.TEXT, text="odd \udc80", group="notes")
    vectors = np.random.default_rng(0).standard_normal((5, 3)).astype(np.float32)
    parts = [f"{row}\x00image\x00".encode() + vectors[row].tobytes() for row in range(5)]
    parts[1] = b"1\x00image\x002"
    parts[2] = "2\x00text\x00notes\x00odd \udc80".encode("utf-8", "surrogatepass")
    expected = hashlib.sha256(b"".join(part + b"\x01" for part in parts)).hexdigest()[:16]
    assert corpus_fingerprint(items, vectors) == expected
    assert corpus_fingerprint(iter(items), np.asfortranarray(vectors)) == expected
