"""Index folders: what is written is read, older ones are replaced whole, and broken or hostile ones are refused."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from modgap.corpus import index_folder, read_corpus
from modgap.corpus.index_folder import LINES, MANIFEST, ROWS, VECTORS, is_index_folder, read_index, write_index
from modgap.errors import CorpusError
from modgap.items import Item, Modality
from modgap.vectors import unit_vectors

ITEMS = [
    Item("a.jpg", Modality.IMAGE, path=Path("/corpus/sub/a.jpg"), caption="a dog"),
    Item("notes#1", Modality.TEXT, text="Ein Hügel\nund ein Haus", source="notes"),
    Item("b.jpg", Modality.IMAGE, path=Path("/elsewhere/b.jpg")),
    Item("notes#2", Modality.TEXT, text="more", source="notes"),
    Item("licence", Modality.TEXT, text="CC0", group="licences"),
]
TOGETHER = [1, 3, 0, 2, 4]  # text, image, licences


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    vectors = unit_vectors(np.random.default_rng(0).normal(size=(5, 4)))
    return write_index(
        tmp_path / "index",
        ITEMS,
        vectors,
        model="a model",
        encoder="a model",
        fingerprint="f" * 16,
        root=Path("/corpus"),
    )


def test_what_is_written_is_read_with_the_rows_of_each_group_together(folder: Path) -> None:
    corpus = read_index(folder)
    vectors = unit_vectors(np.random.default_rng(0).normal(size=(5, 4)))
    assert list(corpus.items) == [ITEMS[row] for row in TOGETHER]
    assert corpus.items[1:3] == [ITEMS[3], ITEMS[0]]
    assert corpus.items[-1] == ITEMS[4]
    assert np.array_equal(corpus.vectors, vectors[TOGETHER])
    assert isinstance(corpus.vectors, np.memmap)
    assert (corpus.model, corpus.encoder, corpus.fingerprint) == ("a model", "a model", "f" * 16)
    assert corpus.counts == {"text": 2, "image": 2, "licences": 1}
    assert "corpus" not in (folder / LINES).read_text(encoding="utf-8")  # the root is written once, in the manifest


def test_every_reader_takes_an_index_folder_for_a_corpus(folder: Path) -> None:
    assert is_index_folder(folder)
    assert read_corpus(folder).vectors is not None
    assert not is_index_folder(folder.parent)


def test_rows_are_found_by_id_without_reading_all_lines(folder: Path) -> None:
    row_of = read_index(folder).items.row_of
    assert {name: row_of[name] for name in row_of} == {ITEMS[row].id: place for place, row in enumerate(TOGETHER)}
    assert "gone" not in row_of
    assert len(row_of) == 5


def test_ids_of_equal_hashes_are_told_apart_by_their_lines(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (index_folder, index_folder.LazyItems.__init__.__globals__):
        target = module if isinstance(module, dict) else vars(module)
        monkeypatch.setitem(target, "id_hash", lambda name: np.uint64(7))
    write_index(folder, ITEMS, np.eye(5, dtype=np.float32), model="", fingerprint="f")
    row_of = read_index(folder).items.row_of
    assert [row_of[ITEMS[row].id] for row in TOGETHER] == [0, 1, 2, 3, 4]


def test_an_index_folder_is_replaced_and_anything_else_is_left_alone(folder: Path, tmp_path: Path) -> None:
    write_index(folder, ITEMS[:2], np.eye(2, dtype=np.float32), model="", fingerprint="other")
    assert len(read_index(folder).items) == 2
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "a.jpg").write_bytes(b"precious")
    with pytest.raises(CorpusError, match="is not an index folder"):
        write_index(photos, ITEMS, np.eye(5, dtype=np.float32), model="", fingerprint="f")
    assert (photos / "a.jpg").read_bytes() == b"precious"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index", "photos"]


def test_a_write_that_fails_leaves_the_old_folder_and_nothing_else(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(index_folder, "_write_items", full)
    with pytest.raises(CorpusError, match="No space left"):
        write_index(folder, ITEMS[:2], np.eye(2, dtype=np.float32), model="", fingerprint="other")
    assert len(read_index(folder).items) == 5
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


def edit(folder: Path, **changes: object) -> None:
    path = folder / MANIFEST
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}), encoding="utf-8")


def spoil_rows(folder: Path, **changes: np.ndarray) -> None:
    with np.load(folder / ROWS) as arrays:
        np.savez(folder / ROWS.removesuffix(".npz"), **{**arrays, **changes})


GROUPS = [{"name": "text", "modality": "text", "items": 2}, {"name": "image", "modality": "image", "items": 3}]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda f: (f / MANIFEST).write_text('{"format": "modgap.index/9"}'), 'has the format .*"modgap.index/1"'),
        (lambda f: (f / MANIFEST).write_text('{"format": "modgap.index/1"'), "is not JSON"),
        (lambda f: (f / MANIFEST).write_text('{"format": "modgap.index/1"}'), '"items" is missing'),
        (lambda f: edit(f, items=True), '"items" is missing'),
        (lambda f: edit(f, items=-5), '"items" is missing'),
        (lambda f: edit(f, items=4), "shape"),
        (lambda f: edit(f, dimension=10**12), "shape"),
        (lambda f: edit(f, groups=[]), "its groups 0"),
        (lambda f: edit(f, groups=[1]), "a group cannot be used"),
        (lambda f: edit(f, groups=[{**GROUPS[0], "items": 5}, {**GROUPS[1], "items": 0}]), "a group cannot be used"),
        (lambda f: edit(f, groups=[{**GROUPS[0], "name": "query.x"}, GROUPS[1]]), "begins with"),
        (lambda f: edit(f, groups=[{**GROUPS[0], "name": "image"}, GROUPS[1]]), 'the group "image"'),
        (lambda f: edit(f, root=5), '"root" is missing'),
        (lambda f: (f / VECTORS).write_bytes(b"nothing"), "cannot be read as vectors"),
        (lambda f: (f / VECTORS).unlink(), "cannot be read as vectors"),
        (lambda f: np.save(f / VECTORS, np.eye(5, 4)), "must hold float32"),
        (lambda f: np.save(f / VECTORS, np.asfortranarray(np.eye(5, 4, dtype=np.float32))), "row by row"),
        (
            lambda f: np.save(f / VECTORS, np.full((5, 4), np.nan, dtype=np.float32)),
            "row 0 is not a vector of length 1",
        ),
        (lambda f: np.save(f / VECTORS, np.asarray([[None] * 4] * 5), allow_pickle=True), "cannot be read as vectors"),
        (lambda f: (f / LINES).unlink(), "cannot be read"),
        (lambda f: (f / LINES).write_text("{}\n"), "does not fit"),
        (lambda f: (f / ROWS).write_bytes(b"PK"), "cannot be read"),
        (lambda f: spoil_rows(f, offsets=np.asarray([0, 90, 20, 30, 40, 50])), "does not fit"),
        (lambda f: spoil_rows(f, id_rows=np.asarray([0, 1, 2, 3, 5])), "does not fit"),
        (lambda f: spoil_rows(f, id_hashes=np.zeros(5)), "does not fit"),
    ],
)
def test_a_folder_that_does_not_hold_together_is_refused_with_the_file(folder: Path, spoil, message: str) -> None:
    spoil(folder)
    with pytest.raises(CorpusError, match=message) as refused:
        read_index(folder)
    assert str(folder) in str(refused.value)


def test_a_broken_line_is_named_when_it_is_asked_for(folder: Path) -> None:
    text = (folder / LINES).read_text(encoding="utf-8")
    (folder / LINES).write_text(text.replace('"id": "notes#2"', '"id": ["notes#2'), encoding="utf-8")
    items = read_index(folder).items
    assert items[0] == ITEMS[1]
    with pytest.raises(CorpusError, match=r"items\.jsonl line 2 is not an item"):
        items[1]


def test_the_folder_may_be_moved(folder: Path, tmp_path: Path) -> None:
    shutil.move(folder, tmp_path / "elsewhere")
    assert read_index(tmp_path / "elsewhere").items[2] == ITEMS[0]


def test_the_next_write_clears_what_a_killed_one_left(folder: Path) -> None:
    part, aside = (folder.with_name(f".{folder.name}.modgap-{name}") for name in ("part", "old"))
    folder.rename(aside)  # killed between moving the old folder aside and putting the new one in its place
    part.mkdir()
    (part / VECTORS).write_bytes(b"half")
    with pytest.raises(CorpusError):
        write_index(folder, ITEMS, np.eye(5, dtype=np.float32), model="", fingerprint="f", write_more=_fails)
    assert list(read_index(folder).items) == [ITEMS[row] for row in TOGETHER]  # the old one is back
    write_index(folder, ITEMS[:2], np.eye(2, dtype=np.float32), model="", fingerprint="f")
    assert len(read_index(folder).items) == 2
    assert [each.name for each in folder.parent.iterdir()] == [folder.name]


def _fails(folder: Path) -> None:
    raise OSError("no room")
