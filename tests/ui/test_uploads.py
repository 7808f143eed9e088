"""Uploads: limits by name, tables beside their pictures, and folders that do not outlive the reading."""

import json

import numpy as np
import pytest
from PIL import Image

from modgap.errors import CorpusError
from modgap.ui import uploads
from modgap.ui.uploads import lay_out, uploaded_corpus


def test_pictures_texts_and_a_table_are_one_corpus(mixed_files, tmp_path):
    table = tmp_path / "table.jsonl"
    rows = [{"id": "r", "image": "red square.png", "caption": "Red."}, {"id": "t", "text": "A line."}]
    table.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")

    with uploaded_corpus([table, *mixed_files]) as corpus:
        assert corpus.counts == {"text": 4, "image": 3}
        assert {item.id for item in corpus.items} >= {"r", "t", "green square.png", "harbour.txt"}
        assert "red square.png" not in {item.id for item in corpus.items}
        folder = corpus.items[0].path.parent
        assert folder.is_dir()
    assert not folder.exists()
    assert mixed_files[0].exists()


def test_each_upload_comes_from_a_folder_of_its_own(tmp_path):
    for name, text in (("a", "First."), ("b", "Second.")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "note.txt").write_text(text, encoding="utf-8")

    with uploaded_corpus([tmp_path / "a" / "note.txt", tmp_path / "b" / "note.txt"]) as corpus:
        assert {item.id: item.text for item in corpus.items} == {"note.txt": "First.", "note (2).txt": "Second."}


def test_names_lose_what_could_leave_the_folder(tmp_path):
    (tmp_path / "from").mkdir()
    (tmp_path / "to").mkdir()
    source = tmp_path / "from" / "..hidden\n.txt"
    source.write_text("x", encoding="utf-8")

    assert [path.name for path in lay_out([source], tmp_path / "to")] == ["hidden.txt"]


def test_nothing_usable_names_the_files_without_our_folders(tmp_path):
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "table.xlsx").write_bytes(b"PK")

    with pytest.raises(CorpusError, match=r"empty\.txt is empty; table\.xlsx is not of a kind") as caught:
        with uploaded_corpus([tmp_path / "empty.txt", tmp_path / "table.xlsx"]):
            pass
    assert "modgap-upload" not in str(caught.value)


@pytest.mark.parametrize(
    ("limit", "value", "words"),
    [
        ("MOST_FILES", 2, "6 files and the limit is 2"),
        ("MOST_BYTES_EACH", 10, "the limit is 0.0 MB a file"),
        ("MOST_BYTES", 10, "together and the limit is"),
        ("MOST_ITEMS", 5, "6 items and the limit is 5"),
    ],
)
def test_each_limit_is_named(monkeypatch, mixed_files, limit, value, words):
    monkeypatch.setattr(uploads, limit, value)

    with pytest.raises(CorpusError, match=words):
        with uploaded_corpus(mixed_files):
            pass


def vectors_file(path, n=4):
    np.savez(path, ids=[str(i) for i in range(n)], modality=["image", "text"] * (n // 2), vectors=np.eye(n))
    return path


def test_vectors_are_read_alone(tmp_path):
    with uploaded_corpus([vectors_file(tmp_path / "v.npz")]) as corpus:
        assert corpus.vectors.shape == (4, 4)


def test_vectors_beside_other_files_are_refused(tmp_path, mixed_files):
    with pytest.raises(CorpusError, match=r"v\.npz .* upload it alone"):
        with uploaded_corpus([vectors_file(tmp_path / "v.npz"), *mixed_files]):
            pass


def test_vectors_that_unpack_beyond_the_limit_are_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(uploads, "MOST_VECTOR_BYTES", 100)

    with pytest.raises(CorpusError, match="unpacks to"):
        with uploaded_corpus([vectors_file(tmp_path / "v.npz")]):
            pass


def test_a_file_that_only_claims_to_be_vectors_is_named(tmp_path):
    (tmp_path / "v.npz").write_bytes(b"no archive")

    with pytest.raises(CorpusError, match=r"v\.npz is not a \.npz file"):
        with uploaded_corpus([tmp_path / "v.npz"]):
            pass


def test_a_picture_keeps_no_metadata_in_its_thumbnail(tmp_path):
    import base64
    import io

    from modgap.items import Item, Modality
    from modgap.ui.thumbnails import SIDE, thumbnails

    picture = Image.new("RGB", (900, 600), "red")
    exif = picture.getexif()
    exif[0x010E] = "taken at home"
    picture.save(tmp_path / "p.jpg", exif=exif)
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8")
    items = [Item(name, Modality.IMAGE, path=tmp_path / name) for name in ("broken.jpg", "p.jpg")]

    found = thumbnails(items)

    assert list(found) == [1]
    shown = Image.open(io.BytesIO(base64.b64decode(found[1].split(",")[1])))
    assert shown.size == (SIDE, 160)
    assert not shown.getexif()
