"""A corpus: its counts by group, and a fingerprint that changes with what it holds."""

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
