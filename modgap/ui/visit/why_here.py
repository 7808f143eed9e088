"""What in a hit the visitor's query matches, computed when a card asks for it."""

from __future__ import annotations

import base64
import binascii
import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

from modgap.errors import ModgapError
from modgap.search.why import region_effects, shares, word_effects
from modgap.ui.visit.session import LoadedCorpus, PageQuery

_WEBP = "data:image/webp;base64,"


@dataclass(frozen=True)
class Matched:
    """row: of the item. asked: the title of the query that this answers.

    regions: of a picture, rows of shares 0..1 from its top; its thumbnail beside them. words: of a text, each with its
    share. more: the text goes on after them.
    """

    row: int
    asked: str
    thumbnail: str = ""
    regions: tuple[tuple[float, ...], ...] = ()
    words: tuple[tuple[str, float], ...] = ()
    more: bool = False


def matched(loaded: LoadedCorpus, asked: PageQuery | None, value: object) -> Matched:
    """What the item in a row matches of the last query.

    Pictures are looked at in their thumbnails: those of visitors are kept in no other form. Raises ModgapError for a
    row of no item, without an encoder, or for a picture without a thumbnail.
    """
    collection = loaded.collection
    if asked is None or not isinstance(value, str) or not value.isdecimal() or len(value) > 9:
        raise ModgapError("That result belongs to a search that is no longer shown: search again.")
    row = int(value)
    if row >= len(collection.items):
        raise ModgapError("That result belongs to a corpus that is no longer loaded: search again.")
    if collection.encoder is None:
        raise ModgapError("These are vectors without their model, so nothing can be hidden from it.")
    item, vector = collection.items[row], collection.encode_query(asked.whole).vector
    if item.text is not None:
        effects = word_effects(collection.encoder, vector, item.text)
        drawn = shares(np.asarray([effect for _, effect in effects]))
        words = tuple((word, float(share)) for (word, _), share in zip(effects, drawn, strict=True))
        return Matched(row, asked.title, words=words, more=len(item.text.split()) > len(words))
    thumbnail = loaded.thumbnails.get(row, "")
    drawn = shares(region_effects(collection.encoder, vector, _picture(thumbnail)))
    return Matched(row, asked.title, thumbnail, regions=tuple(tuple(map(float, line)) for line in drawn))


def _picture(thumbnail: str) -> Image.Image:
    """A thumbnail that this app made, opened."""
    if not thumbnail.startswith(_WEBP):
        raise ModgapError("This picture lies elsewhere, and only its address is known here.")
    try:
        data = base64.b64decode(thumbnail.removeprefix(_WEBP), validate=True)
        return Image.open(io.BytesIO(data), formats=["WEBP"]).convert("RGB")
    except (binascii.Error, OSError) as error:
        raise ModgapError("The thumbnail of this picture cannot be opened.") from error
