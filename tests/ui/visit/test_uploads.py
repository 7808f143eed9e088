"""Uploads: limits by name, tables beside their pictures, and folders that do not outlive the reading."""

import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from modgap.errors import CorpusError
from modgap.ui.visit.uploads import FILE_TYPES, STRANGERS, link_into, uploaded_corpus


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

    assert [path.name for path in link_into([source], tmp_path / "to")] == ["hidden.txt"]


def test_nothing_usable_names_the_files_without_our_folders(tmp_path):
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "table.xlsx").write_bytes(b"PK")

    with pytest.raises(CorpusError, match=r"empty\.txt is empty; table\.xlsx is not of a kind") as caught:
        with uploaded_corpus([tmp_path / "empty.txt", tmp_path / "table.xlsx"]):
            pass
    assert "/upload-" not in str(caught.value)


@pytest.mark.parametrize(
    ("limit", "value", "words"),
    [
        ("files", 2, "6 files and the limit is 2"),
        ("file_bytes", 10, "the limit is 0.0 MB a file"),
        ("total_bytes", 10, "together and the limit is"),
        ("items", 5, r"Your upload: there are too many items \(limit items: 5\)"),
    ],
)
def test_each_limit_is_named(mixed_files, limit, value, words):
    with pytest.raises(CorpusError, match=words):
        with uploaded_corpus(mixed_files, replace(STRANGERS, **{limit: value})):
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


def test_vectors_that_unpack_beyond_the_limit_are_refused(tmp_path):
    with pytest.raises(CorpusError, match=r"^v\.npz unpacks to"):
        with uploaded_corpus([vectors_file(tmp_path / "v.npz")], replace(STRANGERS, vector_bytes=100)):
            pass


def test_a_file_that_only_claims_to_be_vectors_is_named(tmp_path):
    (tmp_path / "v.npz").write_bytes(b"no archive")

    with pytest.raises(CorpusError, match=r"^v\.npz cannot be read as \.npz"):
        with uploaded_corpus([tmp_path / "v.npz"]):
            pass


def test_a_zip_is_unpacked_and_its_folder_is_gone_with_the_corpus(tmp_path, mixed_files):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for path in mixed_files:
            archive.write(path, path.name)

    with uploaded_corpus([tmp_path / "all.zip"]) as corpus:
        assert corpus.counts == {"text": 3, "image": 3}
        folder = next(item.path.parent for item in corpus.items if item.path)
        assert folder.is_dir()
    del corpus
    assert not folder.exists()


def test_equal_files_are_read_once_and_said(tmp_path, mixed_files):
    (tmp_path / "copy.png").write_bytes(mixed_files[0].read_bytes())

    with uploaded_corpus([*mixed_files, tmp_path / "copy.png"]) as corpus:
        assert corpus.counts == {"text": 3, "image": 3}
        assert [(each.id, each.kept) for each in corpus.duplicates] == [("copy.png", "red square.png")]


def test_the_file_chooser_offers_all_that_is_read():
    assert {".jpg", ".tiff", ".avif", ".md", ".pdf", ".docx", ".csv", ".tsv", ".jsonl", ".zip", ".npz"} <= {*FILE_TYPES}
