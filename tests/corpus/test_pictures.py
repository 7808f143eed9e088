"""Decoding pictures: upright, on white, RGB; broken and oversized ones refused in words."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from modgap.corpus import pictures
from modgap.corpus.pictures import open_picture, thumbnail
from modgap.errors import PictureError


def test_exif_rotation_is_applied(tmp_path: Path) -> None:
    picture = Image.new("RGB", (40, 20), "white")
    picture.paste("red", (0, 0, 20, 20))  # the left half
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown rotated by 90 degrees clockwise
    picture.save(tmp_path / "r.jpg", exif=exif, quality=95)
    upright = open_picture(tmp_path / "r.jpg")
    assert upright.size == (20, 40)
    assert np.asarray(upright)[5, 10] == pytest.approx([254, 0, 0], abs=6)


def test_transparency_lies_on_white(tmp_path: Path) -> None:
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(tmp_path / "t.png")
    assert open_picture(tmp_path / "t.png").getpixel((1, 1)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["L", "P", "1", "CMYK"])
def test_every_mode_becomes_rgb(tmp_path: Path, mode: str) -> None:
    path = tmp_path / ("m.jpg" if mode == "CMYK" else "m.png")
    Image.new(mode, (8, 8)).save(path)
    assert open_picture(path).mode == "RGB"


def test_a_large_jpeg_is_decoded_smaller_and_still_large_enough(tmp_path: Path) -> None:
    Image.new("RGB", (4000, 3200), "teal").save(tmp_path / "big.jpg")
    width, height = open_picture(tmp_path / "big.jpg").size
    assert min(width, height) >= pictures.ENOUGH
    assert width < 4000


def test_too_many_pixels_are_refused_before_decoding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.new("RGB", (200, 100)).save(tmp_path / "big.png")
    monkeypatch.setattr(pictures, "MAX_PIXELS", 10_000)
    with pytest.raises(PictureError, match="200 x 100 pixels"):
        open_picture(tmp_path / "big.png")


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp"])
def test_truncated_pictures_are_refused(tmp_path: Path, suffix: str) -> None:
    rng = np.random.default_rng(0)
    path = tmp_path / f"whole{suffix}"
    Image.fromarray(rng.integers(0, 255, (64, 64, 3), dtype=np.uint8)).save(path)
    (tmp_path / f"half{suffix}").write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(PictureError):
        open_picture(tmp_path / f"half{suffix}")


def test_other_formats_are_refused_whatever_their_name(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "x.gif")
    (tmp_path / "x.gif").rename(tmp_path / "x.jpg")
    with pytest.raises(PictureError, match="not a JPEG, PNG or WebP"):
        open_picture(tmp_path / "x.jpg")


def test_thumbnails_are_small_and_carry_no_metadata(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    Image.new("RGB", (900, 300)).save(tmp_path / "p.jpg", exif=exif)
    small = thumbnail(tmp_path / "p.jpg", 240)
    assert small.size == (240, 80)
    small.save(tmp_path / "t.jpg")
    assert b"where I live" not in (tmp_path / "t.jpg").read_bytes()
