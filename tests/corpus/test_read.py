"""Reading corpora: what is read, what is skipped and why, what is refused."""

import io
import json
import os
import pickle
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from modgap.corpus import Limits, open_picture, read_corpus
from modgap.errors import CorpusError


def reasons(corpus) -> dict[str, str]:
    return {skipped.id: skipped.reason for skipped in corpus.skipped}


def test_a_folder_is_read_by_path_and_the_rest_is_named(folder: Path) -> None:
    corpus = read_corpus(folder)
    assert [item.id for item in corpus.items] == [
        "broken.jpg",
        "latin.txt",
        "notes.txt",
        "red square.jpg",
        "sub/BLAU.PNG",
        "sub/grüße.md",
    ]
    assert corpus.counts == {"text": 3, "image": 3}
    named = reasons(corpus)
    assert named["empty.txt"] == "is empty"
    assert corpus.items[1].text == "é"
    assert "not of a kind" in named["table.xlsx"]
    assert ".hidden.txt" not in named


def test_a_list_of_files_is_read_by_name(folder: Path) -> None:
    (folder / "sub" / "notes.txt").write_text("Another note.", encoding="utf-8")
    paths = [folder / "notes.txt", folder / "sub" / "notes.txt", folder / "red square.jpg", folder / "gone.txt"]
    corpus = read_corpus(paths)
    assert [item.id for item in corpus.items] == [paths[0].as_posix(), paths[1].as_posix(), "red square.jpg"]
    assert reasons(corpus) == {"gone.txt": "is not there"}


def test_json_lines_keep_good_lines_and_name_bad_ones(folder: Path) -> None:
    rows = [
        '{"id": "a", "text": "A quiet harbour."}',
        '{"id": "b", "image": "red square.jpg", "caption": "a red square"}',
        "not json",
        '{"id": "a", "text": "again"}',
        '{"id": "c", "image": "../outside.jpg"}',
        '{"id": "d", "image": "gone.jpg"}',
        '{"id": "e"}',
        '["a list"]',
        '{"text": "   "}',
        "",
        '{"text": "no id"}',
    ]
    path = folder / "corpus.jsonl"
    path.write_text("\n".join(rows), encoding="utf-8")
    corpus = read_corpus(path)
    assert [(item.id, item.modality.value) for item in corpus.items] == [
        ("a", "text"),
        ("b", "image"),
        ("line-11", "text"),
    ]
    assert corpus.items[1].caption == "a red square"
    named = reasons(corpus)
    assert sorted(named) == [f"corpus.jsonl:{n}" for n in (3, 4, 5, 6, 7, 8, 9)]
    assert "repeats the id" in named["corpus.jsonl:4"]
    assert "outside the folder" in named["corpus.jsonl:5"]


def test_vectors_are_read_as_unit_rows(tmp_path: Path) -> None:
    path = tmp_path / "v.npz"
    np.savez(path, ids=["a", "b"], modality=["image", "text"], vectors=np.asarray([[3.0, 4.0], [0.0, 2.0]]))
    corpus = read_corpus(path)
    assert [(item.id, item.modality.value) for item in corpus.items] == [("a", "image"), ("b", "text")]
    assert corpus.vectors.tolist() == [[pytest.approx(0.6), pytest.approx(0.8)], [0.0, 1.0]]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"ids": ["a"], "vectors": [[1.0]]}, "lacks modality"),
        ({"ids": ["a", "a"], "modality": ["text"] * 2, "vectors": [[1.0]] * 2}, 'id "a" more than once'),
        ({"ids": ["a", "b"], "modality": ["text"] * 2, "vectors": [[1.0]]}, "2 ids"),
        ({"ids": ["a"], "modality": [1], "vectors": [[1.0]]}, "modality must be .* of strings"),
        ({"ids": ["a"], "modality": ["text"], "vectors": [[0.0]]}, '"a".*zeros'),
        ({"ids": np.asarray(["a", {}], dtype=object), "modality": ["text"] * 2, "vectors": [[1.0]] * 2}, "npz"),
    ],
)
def test_broken_vector_files_are_refused_by_cause(tmp_path: Path, arrays: dict, message: str) -> None:
    path = tmp_path / "v.npz"
    np.savez(path, **arrays)
    with pytest.raises(CorpusError, match=message):
        read_corpus(path)


def test_a_file_that_only_claims_to_be_vectors_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "v.npz"
    path.write_bytes(b"no zip at all")
    with pytest.raises(CorpusError, match=r"v\.npz"):
        read_corpus(path)


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


def test_an_id_may_be_any_json_value(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text(json.dumps({"id": 7, "text": "seven"}), encoding="utf-8")
    assert read_corpus(path).items[0].id == "7"


def test_a_line_of_json_lines_ends_only_at_a_newline(tmp_path):
    path = tmp_path / "lines.jsonl"
    path.write_text('{"id": "a", "text": "one\u2028two\u0085three"}\n{"id": "b", "text": "four"}\n', encoding="utf-8")

    assert [item.id for item in read_corpus(path).items] == ["a", "b"]


def test_the_kind_is_told_by_content_and_not_by_name(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8), "red").save(tmp_path / "p.png")
    (tmp_path / "p.png").rename(tmp_path / "picture.txt")
    (tmp_path / "words.jpg").write_text("A harbour at dusk.", encoding="utf-8")
    (tmp_path / "README").write_text("No suffix at all.", encoding="utf-8")
    corpus = read_corpus(tmp_path)
    assert {item.id: item.modality.value for item in corpus.items} == {
        "README": "text",
        "picture.txt": "image",
        "words.jpg": "text",
    }
    assert open_picture(corpus.items[1].path).getpixel((1, 1)) == (255, 0, 0)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.heic", b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "HEIC photo.*save it as JPEG"),
        ("a.mp4", b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00isommp42", "is a video"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "SVG drawing"),
        ("a.png", b"<?xml version='1.0'?><!-- x --><svg/>", "SVG drawing"),
        ("a.txt", b"%!PS-Adobe-3.0 EPSF-3.0\n(x) show", "PostScript"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "save it as .docx"),
        ("a.tar.gz", b"\x1f\x8b\x08" + bytes(30), "pack the files as .zip"),
        ("a.npy.txt", b"\x93NUMPY\x01\x00" + bytes(30), "not of a kind"),
        ("a.py", b"print('code')", "not of a kind"),
        ("a.txt", bytes(range(256)) * 4, "not of a kind"),
        ("a.csv", b"id,text\na,b\n", "is a table inside a folder"),
    ],
)
def test_what_is_not_read_is_refused_with_what_to_do(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    (tmp_path / "good.txt").write_text("A harbour.", encoding="utf-8")
    (tmp_path / name).write_bytes(content)
    corpus = read_corpus(tmp_path)
    assert [item.id for item in corpus.items] == ["good.txt"]
    assert re.search(reason, reasons(corpus)[name])


def test_links_out_of_the_folder_are_refused(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "folder"
    outside.mkdir()
    folder.mkdir()
    (outside / "secret.txt").write_text("secret", encoding="utf-8")
    (folder / "good.txt").write_text("A harbour.", encoding="utf-8")
    (folder / "file.txt").symlink_to(outside / "secret.txt")
    (folder / "all").symlink_to(outside)
    (folder / "circle.txt").symlink_to(folder / "circle.txt")
    (folder / "inside.txt").symlink_to(folder / "good.txt")
    corpus = read_corpus(folder)
    assert [item.id for item in corpus.items] == ["good.txt"]
    assert "leads out of the folder" in reasons(corpus)["file.txt"]
    assert "is not followed" in reasons(corpus)["all"]
    assert "or nowhere" in reasons(corpus)["circle.txt"]
    assert corpus.duplicates[0].id == "inside.txt"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_named_pipe_does_not_make_the_reader_wait(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "good.txt").write_text("A harbour.", encoding="utf-8")
    assert reasons(read_corpus(tmp_path)) == {"pipe.txt": "is not a file"}


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


def test_a_text_alone_is_a_corpus_whole_or_by_lines(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text("One line.\n\n  And a third.\n", encoding="utf-8")
    assert [item.id for item in read_corpus(tmp_path / "t.txt").items] == ["t.txt"]
    by_lines = read_corpus(tmp_path / "t.txt", lines=True)
    assert [(item.id, item.text, item.source) for item in by_lines.items] == [
        ("t.txt#1", "One line.", None),
        ("t.txt#3", "And a third.", None),
    ]


def test_a_list_of_a_table_and_its_pictures_takes_each_picture_once(folder: Path) -> None:
    (folder / "c.jsonl").write_text('{"id": "b", "image": "red square.jpg", "caption": "red"}\n', encoding="utf-8")
    corpus = read_corpus([folder / "notes.txt", folder / "red square.jpg", folder / "c.jsonl"])
    assert [(item.id, item.caption) for item in corpus.items] == [("b", "red"), ("notes.txt", None)]


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (Limits(files=2), r"too many files \(limit files: 2\)"),
        (Limits(items=2), r"too many items \(limit items: 2\)"),
        (Limits(total_bytes=2_000), r"too large \(limit total_bytes: 2,000\)"),
    ],
)
def test_limits_on_a_folder_are_named(folder: Path, limits: Limits, message: str) -> None:
    (folder / "big.txt").write_text("word " * 1_000, encoding="utf-8")
    with pytest.raises(CorpusError, match=message):
        read_corpus(folder, limits=limits)


def test_limits_on_a_file_skip_it(folder: Path) -> None:
    (folder / "big.txt").write_text("word " * 1_000, encoding="utf-8")
    assert "limit file_bytes: 3,000" in reasons(read_corpus(folder, limits=Limits(file_bytes=3_000)))["big.txt"]
    cut = Limits(document_characters=1_000)
    assert "limit document_characters: 1,000" in reasons(read_corpus(folder, limits=cut))["big.txt"]


@pytest.mark.parametrize("source", ["an npz", "a list"])
def test_a_pickle_is_refused(tmp_path: Path, source: str) -> None:
    path = tmp_path / "v.npz"
    if source == "an npz":
        ids = np.asarray([{"harm": 1}, "b"], dtype=object)
        np.savez(path, ids=ids, modality=["text"] * 2, vectors=np.eye(2))
        message = "pickled Python objects"
    else:
        path.write_bytes(pickle.dumps(["harm"]))
        message = r"v\.npz cannot be read"
    with pytest.raises(CorpusError, match=message):
        read_corpus(path)


def test_vectors_that_claim_more_than_they_hold_are_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": "<f4", "fortran_order": False, "shape": (10**9, 10**6)})
    with zipfile.ZipFile(tmp_path / "v.npz", "w") as archive:
        archive.writestr("vectors.npy", buffer.getvalue())
    with pytest.raises(CorpusError, match="claims"):
        read_corpus(tmp_path / "v.npz")
    np.savez_compressed(tmp_path / "w.npz", ids=["a"], modality=["text"], vectors=np.ones((1, 10_000)))
    with pytest.raises(CorpusError, match="limit vector_bytes: 1,000"):
        read_corpus(tmp_path / "w.npz", limits=Limits(vector_bytes=1_000))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to this user")
def test_a_folder_that_may_not_be_read_is_named(folder: Path) -> None:
    (folder / "sub").chmod(0)
    assert "cannot be read" in reasons(read_corpus(folder))["sub"]
    (folder / "sub").chmod(0o700)


def test_a_few_bytes_of_a_broken_photograph_do_not_become_a_passage(tmp_path: Path) -> None:
    (tmp_path / "cut.jpg").write_bytes(b"\xff\xd8nope")
    (tmp_path / "a.txt").write_text("A harbour.", encoding="utf-8")
    assert [(item.id, item.modality.value) for item in read_corpus(tmp_path).items if item.text] == [("a.txt", "text")]
