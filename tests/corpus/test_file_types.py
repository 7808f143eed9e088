"""File types are recognized by content; what is not read is refused with advice."""

import re
from pathlib import Path

import pytest
from PIL import Image

from modgap.corpus import open_picture, read_corpus


def reasons(corpus) -> dict[str, str]:
    return {skipped.id: skipped.reason for skipped in corpus.skipped}


def test_the_type_is_recognized_by_content_and_not_by_name(tmp_path: Path) -> None:
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


def test_a_few_bytes_of_a_broken_photograph_do_not_become_a_passage(tmp_path: Path) -> None:
    (tmp_path / "cut.jpg").write_bytes(b"\xff\xd8nope")
    (tmp_path / "a.txt").write_text("A harbour.", encoding="utf-8")
    assert [(item.id, item.modality.value) for item in read_corpus(tmp_path).items if item.text] == [("a.txt", "text")]
