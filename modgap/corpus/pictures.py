"""Decodes one picture safely: listed formats only, a limited number of pixels, upright, RGB."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from modgap.corpus.limits import DEFAULT_LIMITS, Limits
from modgap.errors import PictureError

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")  # APNG opens as PNG, MPO as JPEG
_FORMAT_NAMES = "JPEG, PNG, WebP, GIF, BMP, TIFF or AVIF"
SUFFIXES = (".jpg", ".jpeg", ".png", ".apng", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif")
DEFAULT_DECODE_SIDE = 768  # pixels of the short side; no encoder here takes more, and a smaller JPEG decodes faster
_DEEP_MODES = ("I;16", "I;16L", "I;16B", "I;16N", "I", "F")
_WHITE_16_BIT = 65535
_MAX_SENSOR_VALUE = 4096  # a TIFF below it holds fewer bits a pixel, as cameras and microscopes write them

PictureOpener = Callable[..., Image.Image]
"""`open_picture`, or `SafeDecoder.open_picture` for untrusted files: (path, *, decode_side) -> picture."""


def open_picture(path: Path, limits: Limits = DEFAULT_LIMITS, *, decode_side: int = DEFAULT_DECODE_SIDE) -> Image.Image:
    """The first frame of a file: decoded, turned upright by its EXIF, RGB (transparency on white).

    decode_side: a larger JPEG is decoded at a half, a quarter or an eighth of its size, as long as both sides keep at
        least this many pixels.
    Raises PictureError with the reason for anything that cannot be shown.
    """
    try:
        with Image.open(path, formats=FORMATS) as picture:
            _check(picture, limits)
            if picture.format == "JPEG":
                picture.draft("RGB", (decode_side, decode_side))
            picture.load()
            return _on_white(_shallow(_upright(picture), sensor=picture.format == "TIFF"))
    except PictureError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(f"has too many pixels ({limits.named('pixels')})") from error
    except UnidentifiedImageError as error:
        raise PictureError(f"is not a {_FORMAT_NAMES} picture, or is damaged at its beginning") from error
    except FileNotFoundError as error:
        raise PictureError("is not there") from error
    except MemoryError as error:
        raise PictureError("needs more memory to decode than there is") from error
    except Exception as error:  # decoders raise OSError, ValueError, SyntaxError and more on broken files
        raise PictureError(f"cannot be decoded ({type(error).__name__}: {error})") from error


def thumbnail(path: Path, side: int, open_picture: Callable[[Path], Image.Image] = open_picture) -> Image.Image:
    """A small copy of a picture, at most `side` pixels wide and high, without the metadata of the original.

    open_picture: the decoder; `SafeDecoder.open_picture` for untrusted files.
    Raises PictureError as the decoder does.
    """
    picture = open_picture(path)
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    picture.info.clear()
    return picture


def _check(picture: Image.Image, limits: Limits) -> None:
    width, height = picture.size
    if width * height > limits.pixels:
        raise PictureError(f"has {width:,} x {height:,} pixels, which is too many ({limits.named('pixels')})")
    frames = 1
    with contextlib.suppress(Exception):  # later frames may be broken: only the first is shown
        frames = getattr(picture, "n_frames", 1)
    if frames > limits.frames:
        raise PictureError(f"has {frames:,} frames, which is too many ({limits.named('frames')})")


def _upright(picture: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # broken EXIF in a good picture: shown as stored
        return picture


def _shallow(picture: Image.Image, *, sensor: bool) -> Image.Image:
    """Scale grey of 16 or more bits to 8; Pillow alone would clip it at 255 and show white.

    sensor: the file may use fewer bits a pixel than its format has.
    """
    if picture.mode == "LAB":
        to_rgb = ImageCms.buildTransform(ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB")
        converted = ImageCms.applyTransform(picture, to_rgb)
        return converted if converted is not None else picture
    if picture.mode not in _DEEP_MODES:
        return picture
    grey = picture if picture.mode in ("I", "F") else picture.convert("I")
    low, high = (float(value) for value in np.asarray(grey.getextrema()))
    if picture.mode == "F" and low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    elif low >= 0 and high <= _WHITE_16_BIT:
        fewer_bits = sensor and high < _MAX_SENSOR_VALUE
        low, high = 0.0, float(2 ** max(8, int(high).bit_length()) - 1) if fewer_bits else float(_WHITE_16_BIT)
    scale = 255 / (high - low) if high > low else 0.0
    return grey.point(lambda value: value * scale + (0.5 - low * scale)).convert("L")


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info:
        rgba = picture.convert("RGBA")
        white = Image.new("RGBA", rgba.size, "white")
        return Image.alpha_composite(white, rgba).convert("RGB")
    return picture.convert("RGB")
