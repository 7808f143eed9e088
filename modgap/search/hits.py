"""The hits of a search: a list that a notebook shows as a table, pictures as thumbnails, and that pandas takes."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup
from PIL import Image

from modgap.corpus import open_picture
from modgap.errors import PictureError
from modgap.io.notebook import data_frame, html_table
from modgap.items import Hit

_HEADINGS = ("rank", "", "id", "modality", "cosine", "z", "fit")
_SIDE = 72  # pixels of a thumbnail
_EXCERPT = 120  # characters of a passage


class Hits(list[Hit]):
    """The best items, the first first. Equal to any list of the same hits."""

    def _repr_html_(self) -> str:
        return hits_table(self)

    def to_pandas(self) -> Any:
        """A row for each hit, as a DataFrame. Raises ModgapError without pandas."""
        return data_frame([hit.as_dict() for hit in self])


def hits_table(hits: Sequence[Hit], caption: str = "") -> str:
    """HTML of a table: rank, thumbnail or first words, id, modality, cosine, z and fit; all of it escaped."""
    rows = [[hit.rank, _shown(hit), hit.id, hit.modality.value, hit.score, hit.z, hit.fit] for hit in hits]
    return html_table(_HEADINGS, rows, caption)


def _shown(hit: Hit) -> object:
    """A thumbnail, or the first words; nothing for an item of precomputed vectors or a picture that is gone."""
    if hit.item is None:
        return None
    if hit.item.path is None or hit.modality.value == "text":
        return (hit.item.text or "")[:_EXCERPT]
    try:
        picture = open_picture(hit.item.path, decode_side=_SIDE)
    except PictureError:
        return None
    picture.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=70)
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    return Markup('<img alt="" src="data:image/webp;base64,{}">').format(data)
