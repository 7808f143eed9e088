"""The caption route: a picture is searched through words that tell what it shows, as E5-V-like systems do.

There a model writes the words; here they are the captions that came with the corpus, a stand-in for that model and a
generous one. Text meets text, so there is no gap, and what the caption leaves out cannot be found.
"""

from __future__ import annotations

from modgap.errors import CalibrationError
from modgap.items import Modality
from modgap.search.collection import Collection

CAPTION_ROUTE = "caption_route"


def has_captions(collection: Collection) -> bool:
    """Can the route be taken: does any picture have a caption, and is there an encoder to read it?"""
    return collection.encoder is not None and any(_captioned(collection))


def route_notes(collection: Collection) -> list[str]:
    """What a report must say of the route; nothing where it cannot be taken."""
    if not has_captions(collection):
        return []
    notes = [
        f"{CAPTION_ROUTE} searches pictures through their captions: a stand-in for what a captioning model writes."
    ]
    if without := sum(item.modality is Modality.IMAGE and not item.caption for item in collection.items):
        notes.append(f"{CAPTION_ROUTE}: {without} pictures have no caption and are searched as pictures.")
    return notes


def by_captions(collection: Collection) -> Collection:
    """The collection with each picture's vector replaced by its caption's, where it has one.

    Raises CalibrationError where no picture has a caption.
    """
    captioned = _captioned(collection)
    if collection.encoder is None or not any(captioned):
        raise CalibrationError("No picture of the corpus has a caption, so none can be searched through one.")
    rows = [row for row, has in enumerate(captioned) if has]
    vectors = collection.vectors.copy()
    vectors[rows] = collection.encoder.encode_texts([collection.items[row].caption or "" for row in rows])
    return Collection(collection.items, vectors, encoder=collection.encoder)


def _captioned(collection: Collection) -> list[bool]:
    return [item.modality is Modality.IMAGE and bool(item.caption) for item in collection.items]
