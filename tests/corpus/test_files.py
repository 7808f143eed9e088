"""Folders and lists of files: order, ids, links, limits."""

import os
import shutil
import zipfile
from pathlib import Path

import pytest

from modgap.corpus import Limits, read_corpus
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


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to this user")
def test_a_folder_that_may_not_be_read_is_named(folder: Path) -> None:
    (folder / "sub").chmod(0)
    assert "cannot be read" in reasons(read_corpus(folder))["sub"]
    (folder / "sub").chmod(0o700)


def test_a_table_with_pictures_describes_those_of_its_folder(folder: Path) -> None:
    shutil.copy(folder / "red square.jpg", folder / "other.jpg")
    (folder / "shop.csv").write_text(
        "sku,title,image_path\nm1,A red square of paint,red square.jpg\nm2,A drawing,no such.jpg\n", encoding="utf-8"
    )
    (folder / "prices.csv").write_text("sku,price,text\nm1,3,words\n", encoding="utf-8")
    (folder / "labels.jsonl").write_text('{"image": "red square.jpg", "relevant": ["m1"]}\n', encoding="utf-8")

    corpus = read_corpus(folder, keep_duplicates=True)

    items = {item.id: item for item in corpus.items}
    assert (items["m1"].parent, items["m1#text"].text) == ("m1", "A red square of paint")
    assert items["m2"].text == "A drawing"
    assert "red square.jpg" not in items
    assert "other.jpg" in items
    reasons = {each.id: each.reason for each in corpus.skipped}
    assert "without a column of pictures" in reasons["prices.csv"]
    assert "without a column of pictures" in reasons["labels.jsonl"]


def test_an_archive_of_pictures_and_their_table(folder: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "shop.zip", "w") as archive:
        archive.write(folder / "red square.jpg", "shop/red.jpg")
        archive.writestr("shop/items.csv", "id,title,image\nm1,A red square,red.jpg\nm2,Out of it,../../etc/passwd\n")
    corpus = read_corpus(tmp_path / "shop.zip")
    assert [(item.id, item.parent) for item in corpus.items] == [("m1", "m1"), ("m1#text", "m1"), ("m2", "")]
    assert "outside the folder" in corpus.skipped[0].reason
