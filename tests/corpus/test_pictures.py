"""Decoding pictures: upright, on white, RGB; broken and oversized ones refused in words."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from modgap.corpus import pictures
from modgap.corpus.limits import Limits
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
    assert min(width, height) >= pictures.DEFAULT_DECODE_SIDE
    assert width < 4000


def test_too_many_pixels_are_refused_before_decoding(tmp_path: Path) -> None:
    Image.new("RGB", (200, 100)).save(tmp_path / "big.png")
    with pytest.raises(PictureError, match=r"200 x 100 pixels.*limit pixels: 10,000"):
        open_picture(tmp_path / "big.png", Limits(pixels=10_000))


def test_a_png_that_claims_50_000_by_50_000_pixels_is_refused(bomb_png: Path) -> None:
    with pytest.raises(PictureError, match=r"too many pixels.*limit pixels: 50,000,000"):
        open_picture(bomb_png)


def test_too_many_frames_are_refused(tmp_path: Path) -> None:
    frames = [Image.new("L", (4, 4), shade) for shade in range(0, 250, 50)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    assert open_picture(tmp_path / "a.gif").getpixel((1, 1)) == (0, 0, 0)
    with pytest.raises(PictureError, match=r"5 frames.*limit frames: 4"):
        open_picture(tmp_path / "a.gif", Limits(frames=4))


@pytest.mark.parametrize(
    ("name", "mode"),
    [(n, m) for n in ("a.jpg", "a.png", "a.webp", "a.gif", "a.bmp", "a.tif", "a.avif") for m in ("RGB", "L")],
)
def test_every_listed_format_opens_whatever_its_name(tmp_path: Path, name: str, mode: str) -> None:
    Image.new(mode, (16, 16), "white").save(tmp_path / name)
    (tmp_path / name).rename(tmp_path / "unnamed")
    assert open_picture(tmp_path / "unnamed").getpixel((3, 3)) == pytest.approx((255,) * 3, abs=4)


def test_the_first_frame_of_an_animated_png_is_shown(tmp_path: Path) -> None:
    red, blue = Image.new("RGB", (8, 8), "red"), Image.new("RGB", (8, 8), "blue")
    red.save(tmp_path / "a.png", save_all=True, append_images=[blue])
    assert open_picture(tmp_path / "a.png").getpixel((1, 1)) == (255, 0, 0)


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_16_bit_grey_is_scaled_and_not_clipped(tmp_path: Path, suffix: str) -> None:
    ramp = np.linspace(0, 65535, 256).astype(np.uint16)[None].repeat(4, axis=0)
    Image.fromarray(ramp).save(tmp_path / f"r{suffix}")
    opened = np.asarray(open_picture(tmp_path / f"r{suffix}"))
    assert np.abs(opened[0, :, 0].astype(int) - np.arange(256)).max() <= 1


def test_12_bit_grey_of_a_sensor_uses_the_whole_range(tmp_path: Path) -> None:
    Image.fromarray(np.full((4, 4), 4095, dtype=np.uint16)).save(tmp_path / "s.tif")
    assert open_picture(tmp_path / "s.tif").getpixel((1, 1)) == (255, 255, 255)


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-5.0, 5.0)])
def test_grey_of_real_numbers_is_scaled(tmp_path: Path, low: float, high: float) -> None:
    Image.fromarray(np.linspace(low, high, 256, dtype=np.float32)[None].repeat(2, axis=0)).save(tmp_path / "f.tif")
    opened = np.asarray(open_picture(tmp_path / "f.tif"))[0, :, 0].astype(int)
    assert np.abs(opened - np.arange(256)).max() <= 1


def test_cmyk_keeps_its_colours(tmp_path: Path) -> None:
    Image.new("CMYK", (16, 16), (0, 255, 255, 0)).save(tmp_path / "c.jpg", quality=95)
    assert open_picture(tmp_path / "c.jpg").getpixel((8, 8)) == pytest.approx((255, 0, 0), abs=6)
    Image.new("CMYK", (16, 16), (0, 255, 255, 0)).save(tmp_path / "c.tif")
    assert open_picture(tmp_path / "c.tif").getpixel((8, 8)) == (255, 0, 0)


def test_lab_is_read(tmp_path: Path) -> None:
    Image.new("LAB", (8, 8), (255, 128, 128)).save(tmp_path / "l.tif")
    assert open_picture(tmp_path / "l.tif").getpixel((1, 1)) == pytest.approx((255, 255, 255), abs=3)


def test_transparency_of_a_palette_lies_on_white(tmp_path: Path) -> None:
    palette = Image.new("P", (8, 8), 1)
    palette.putpalette([0, 0, 0, 255, 0, 0])
    palette.save(tmp_path / "p.png", transparency=1)
    palette.save(tmp_path / "p.gif", transparency=1)
    assert open_picture(tmp_path / "p.png").getpixel((1, 1)) == (255, 255, 255)
    assert open_picture(tmp_path / "p.gif").getpixel((1, 1)) == (255, 255, 255)


@pytest.mark.parametrize("suffix", [".png", ".tif", ".webp", ".jpg"])
def test_the_eight_orientations_are_one_picture(tmp_path: Path, suffix: str) -> None:
    rng = np.random.default_rng(0)
    upright = Image.fromarray(rng.integers(0, 255, (6, 8, 3), dtype=np.uint8)).resize(
        (64, 48), Image.Resampling.BICUBIC
    )
    t = Image.Transpose
    stored = {1: None, 2: t.FLIP_LEFT_RIGHT, 3: t.ROTATE_180, 4: t.FLIP_TOP_BOTTOM}
    stored |= {5: t.TRANSPOSE, 6: t.ROTATE_90, 7: t.TRANSVERSE, 8: t.ROTATE_270}
    for orientation, turn in stored.items():
        exif = Image.Exif()
        exif[0x0112] = orientation
        lying = upright if turn is None else upright.transpose(turn)
        options = {"lossless": True} if suffix == ".webp" else {"quality": 100, "subsampling": 0}
        lying.save(tmp_path / f"{orientation}{suffix}", exif=exif, **({} if suffix in (".png", ".tif") else options))
    for orientation in stored:
        shown = thumbnail(tmp_path / f"{orientation}{suffix}", 48)
        expected = thumbnail(tmp_path / f"1{suffix}", 48)
        assert shown.size == expected.size
        difference = np.abs(np.asarray(shown).astype(int) - np.asarray(expected).astype(int)).max()
        assert difference <= (3 if suffix == ".jpg" else 0), orientation


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_broken_exif_does_not_spoil_a_picture(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8), "red").save(tmp_path / "e.jpg", exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff broken")
    assert open_picture(tmp_path / "e.jpg").size == (8, 8)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp"])
def test_truncated_pictures_are_refused(tmp_path: Path, suffix: str) -> None:
    rng = np.random.default_rng(0)
    path = tmp_path / f"whole{suffix}"
    Image.fromarray(rng.integers(0, 255, (64, 64, 3), dtype=np.uint8)).save(path)
    (tmp_path / f"half{suffix}").write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(PictureError):
        open_picture(tmp_path / f"half{suffix}")


@pytest.mark.parametrize("format", ["PPM", "TGA", "ICO", "PCX", "EPS"])
def test_other_formats_are_refused_whatever_their_name(tmp_path: Path, format: str) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "x.jpg", format=format)
    with pytest.raises(PictureError, match=r"is not a JPEG, PNG, .* or AVIF picture"):
        open_picture(tmp_path / "x.jpg")


def test_thumbnails_are_small_and_carry_no_metadata(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    Image.new("RGB", (900, 300)).save(tmp_path / "p.jpg", exif=exif)
    small = thumbnail(tmp_path / "p.jpg", 240)
    assert small.size == (240, 80)
    small.save(tmp_path / "t.jpg")
    assert b"where I live" not in (tmp_path / "t.jpg").read_bytes()
