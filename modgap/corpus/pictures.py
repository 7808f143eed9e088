"""Decoding one picture safely: listed formats only, bounded pixels, upright, RGB."""

from __future__ import annotations

import warnings
from pathlib import Path

from PIL import Image, ImageOps

from modgap.errors import PictureError

FORMATS = ("JPEG", "PNG", "WEBP")
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
MAX_PIXELS = 50_000_000  # 150 MB as RGB; larger than any camera's picture that a search needs
ENOUGH = 768  # pixels on the short side that no encoder here exceeds; JPEG decodes faster at a reduced size


def open_picture(path: Path, *, enough: int = ENOUGH) -> Image.Image:
    """The picture in a file: decoded, turned upright by its EXIF, RGB (transparency on white).

    A JPEG much larger than an encoder needs is decoded at a half, a quarter or an eighth of its size, as long as both
    sides keep at least `enough` pixels.
    Raises PictureError with the reason in words for anything that cannot be shown.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=FORMATS) as picture:
                width, height = picture.size
                if width * height > MAX_PIXELS:
                    raise PictureError(f"has {width} x {height} pixels, more than the {MAX_PIXELS:,} allowed")
                if picture.format == "JPEG":
                    picture.draft("RGB", (enough, enough))
                return _on_white(ImageOps.exif_transpose(picture))
    except PictureError:
        raise
    except Image.UnidentifiedImageError as error:
        raise PictureError("is not a JPEG, PNG or WebP picture, or is damaged at its beginning") from error
    except FileNotFoundError as error:
        raise PictureError("is not there") from error
    except Exception as error:  # decoders raise OSError, ValueError, SyntaxError and more on broken files
        raise PictureError(f"cannot be decoded ({type(error).__name__}: {error})") from error


def thumbnail(path: Path, side: int) -> Image.Image:
    """A picture to show, at most `side` pixels wide and high, with no metadata of the original."""
    picture = open_picture(path)
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    picture.info.clear()
    return picture


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        rgba = picture.convert("RGBA")
        white = Image.new("RGBA", rgba.size, "white")
        return Image.alpha_composite(white, rgba).convert("RGB")
    return picture.convert("RGB")
