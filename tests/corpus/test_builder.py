"""The corpus builder: duplicates, documents, groups."""

from pathlib import Path

import pytest
from PIL import Image

from modgap.corpus import Limits, read_corpus
from modgap.corpus.builder import CorpusBuilder, LimitReachedError
from modgap.corpus.options import DEFAULT_OPTIONS, ReadOptions
from modgap.errors import CorpusError
from modgap.items import Item, Modality


def test_exact_duplicates_are_kept_once_and_counted(tmp_path: Path) -> None:
    for name in ("a.png", "b.png", "c.png"):
        Image.new("RGB", (8, 8), "red").save(tmp_path / name)
    Image.new("RGB", (8, 8), "blue").save(tmp_path / "d.png")
    (tmp_path / "x.txt").write_text("The same words.", encoding="utf-8")
    (tmp_path / "y.txt").write_bytes("\ufeffThe same words.\r\n".encode())
    corpus = read_corpus(tmp_path)
    assert [item.id for item in corpus.items] == ["a.png", "d.png", "x.txt"]
    assert [(d.id, d.kept) for d in corpus.duplicates] == [("b.png", "a.png"), ("c.png", "a.png"), ("y.txt", "x.txt")]
    assert len(read_corpus(tmp_path, keep_duplicates=True).items) == 6


def test_long_texts_are_cut_and_know_their_document(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("A sentence of six plain words. " * 30, encoding="utf-8")
    corpus = read_corpus(tmp_path)
    assert [item.id for item in corpus.items[:2]] == ["notes.md#1", "notes.md#2"]
    assert {item.source for item in corpus.items} == {"notes.md"}
    assert corpus.report.cut == {"notes.md": len(corpus.items)}
    assert " ".join(item.text for item in corpus.items) == ("A sentence of six plain words. " * 30).strip()
    assert [item.id for item in read_corpus(tmp_path, words=None).items] == ["notes.md"]


def passage(name: str, text: str, group: str = "") -> Item:
    return Item(name, Modality.TEXT, text=text, group=group)


def picture(path: Path, group: str = "") -> Item:
    if not path.exists():
        Image.new("RGB", (8, 8), "red").save(path)
    return Item(path.name, Modality.IMAGE, path=path, group=group)


def test_equal_items_of_other_groups_are_not_duplicates(tmp_path: Path) -> None:
    builder = CorpusBuilder(DEFAULT_OPTIONS)
    for name, group in (("a", ""), ("b", "captions"), ("c", "text"), ("d", "captions")):
        builder.add_passage(passage(name, "The same words.", group))
    for name, group in (("p.png", ""), ("q.png", "maps"), ("r.png", "maps")):
        builder.add_picture(picture(tmp_path / name, group))
    corpus = builder.corpus(None)
    assert [item.id for item in corpus.items] == ["a", "b", "p.png", "q.png"]
    assert [(each.id, each.kept) for each in corpus.duplicates] == [("c", "a"), ("d", "b"), ("r.png", "q.png")]
    assert corpus.counts == {"text": 1, "image": 1, "captions": 1, "maps": 1}


def test_a_group_holds_items_of_one_modality(tmp_path: Path) -> None:
    builder = CorpusBuilder(DEFAULT_OPTIONS)
    builder.add_picture(picture(tmp_path / "p.png", "x"))
    for text in ("One.", "One."):  # the second is not a duplicate of an item that was refused
        with pytest.raises(
            CorpusError, match=r'the group "x", which holds pictures: give passages a group of their own'
        ):
            builder.add_passage(passage("a", text, "x"))
    with pytest.raises(CorpusError, match=r'the group "image", which holds pictures'):
        builder.add_passage(passage("a", "One.", "image"))
    with pytest.raises(CorpusError, match=r'the group "text", which holds passages: give pictures a group'):
        builder.add_picture(picture(tmp_path / "q.png", "text"))
    assert [item.id for item in builder.corpus(None).items] == ["p.png"]


def test_a_refused_item_does_not_claim_its_group(tmp_path: Path) -> None:
    builder = CorpusBuilder(DEFAULT_OPTIONS)
    (tmp_path / "empty.png").touch()
    with pytest.raises(CorpusError, match="is empty"):
        builder.add_picture(picture(tmp_path / "empty.png", "x"))
    builder.add_passage(passage("a", "One.", "x"))
    assert builder.corpus(None).counts == {"x": 1}


def test_a_picture_that_repeats_an_id_is_nobodys_original(tmp_path: Path) -> None:
    builder = CorpusBuilder(DEFAULT_OPTIONS)
    builder.add_passage(passage("p.png", "A text of that name."))
    with pytest.raises(CorpusError, match=r'repeats the id "p\.png"'):
        builder.add_picture(picture(tmp_path / "p.png"))
    builder.add_picture(picture(tmp_path / "q.png"))
    assert [item.id for item in builder.corpus(None).items] == ["p.png", "q.png"]


def test_the_limit_on_items_ends_the_reading() -> None:
    builder = CorpusBuilder(ReadOptions(Limits(items=1)))
    builder.add_passage(passage("a", "One."))
    with pytest.raises(LimitReachedError, match="limit items: 1"):
        builder.add_passage(passage("b", "Two."))
