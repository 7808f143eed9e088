"""Flickr8k's layout, in a set of two pictures."""

import io
import tarfile
from pathlib import Path

import pytest
from PIL import Image

from training.flickr8k import read_flickr8k


def test_pictures_and_captions_come_in_the_order_of_the_table(tmp_path: Path) -> None:
    rows = ["image\tidx\tcaption", "b.png\t1\t said second ", "b.png\t0\tsaid first", 'a.png\t0\ta "quoted" word']
    (tmp_path / "captions_dev.tsv").write_text("\n".join(rows), encoding="utf-8")
    with tarfile.open(tmp_path / "dev.tar", "w") as tar:
        for name, colour in (("a.png", "red"), ("b.png", "blue")):
            file = io.BytesIO()
            Image.new("RGB", (2, 2), colour).save(file, "PNG")
            member = tarfile.TarInfo(name)
            member.size = file.tell()
            file.seek(0)
            tar.addfile(member, file)
    split = read_flickr8k(tmp_path, "dev")
    assert split.images == ["b.png", "a.png"]
    assert split.captions == [("said first", "said second"), ('a "quoted" word',)]
    assert [picture.getpixel((0, 0)) for picture in split.pictures()] == [(0, 0, 255), (255, 0, 0)]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"captions_dev\.tsv is missing"):
        read_flickr8k(tmp_path, "dev")
