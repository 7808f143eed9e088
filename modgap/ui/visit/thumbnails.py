"""Thumbnails: small, re-encoded, without the original's metadata, inside the page rather than behind a URL."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image

from modgap.corpus import PictureOpener, open_picture, thumbnail
from modgap.errors import PictureError
from modgap.items import Item
from modgap.progress import Progress, silent

MAX_SIDE = 240  # pixels: a card shows it at half of that, sharp on a dense screen
WEBP_QUALITY = 72


def data_uri(picture: Image.Image) -> str:
    """A picture of at most `MAX_SIDE` pixels as a WebP data URI."""
    small = picture.convert("RGB")
    small.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.save(buffer, "WEBP", quality=WEBP_QUALITY, method=3)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def thumbnails(
    items: Sequence[Item], open_picture: PictureOpener = open_picture, *, progress: Progress = silent
) -> dict[int, str]:
    """Data URIs by position in `items`; an item without a picture, or with one that will not open, is left out.

    open_picture: the decoder; `SafeDecoder.open_picture` for a visitor's own files.
    """
    rows = [row for row, item in enumerate(items) if item.path is not None]

    def make(row: int) -> str | None:
        path = items[row].path
        assert isinstance(path, Path)
        try:
            return data_uri(thumbnail(path, MAX_SIDE, open_picture))
        except PictureError:
            return None

    found = {}
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1), thread_name_prefix="thumbnail") as pool:
        for done, (row, uri) in enumerate(zip(rows, pool.map(make, rows), strict=True), start=1):
            if uri is not None:
                found[row] = uri
            if done % 16 == 0 or done == len(rows):
                progress("Making thumbnails", done, len(rows))
    return found
