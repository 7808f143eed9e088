"""A visitor's story: searches pinned with a caption, told by the presenter's page, kept in `story.json`.

    {"format": "modgap.story/1", "model": "...", "corpus": "fingerprint",
     "pins": [{"words": "...", "caption": "..."}, ...]}

A pin is words, or an item by its id (`"item"` in place of `"words"`), so that a story opens on another machine with the
same corpus. The file is a stranger's: its size, its strings and their characters are checked.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from modgap.errors import ModgapError
from modgap.search.collection import Collection
from modgap.ui.visit.searching import MAX_QUERY_CHARACTERS
from modgap.ui.visit.session import LoadedCorpus, PageQuery, Pin

FORMAT = "modgap.story/1"
MAX_PINS = 40
MAX_CAPTION = 300  # characters: two lines on a projector
MAX_BYTES = 200_000
OTHER_CORPUS = "This story was made with another corpus, or another state of this one, so its results may differ."
OTHER_MODEL = "This story was made with the model {} and is told with {}, so its results may differ."


def pinned(pins: Sequence[Pin], asked: PageQuery | None, caption: str) -> tuple[Pin, ...]:
    """The pins with one more: the search that is shown. The same search again replaces its caption.

    Raises ModgapError where nothing was searched, for a picture from outside the corpus, and for too many pins.
    """
    if asked is None:
        raise ModgapError("Search first: a pin keeps the search that is shown.")
    if not isinstance(asked.query, str) and not hasattr(asked.query, "id"):
        raise ModgapError("An uploaded picture is not kept: pin a search in words, or by an item of the corpus.")
    words = asked.query if isinstance(asked.query, str) else ""
    item = "" if isinstance(asked.query, str) else asked.query.id
    pin = Pin(words, item, _clean(caption, MAX_CAPTION))
    others = [each for each in pins if (each.words, each.item) != (words, item)]
    if len(others) >= MAX_PINS:
        raise ModgapError(f"A story has at most {MAX_PINS} pins: remove one first.")
    place = next((n for n, each in enumerate(pins) if (each.words, each.item) == (words, item)), len(others))
    return (*others[:place], pin, *others[place:])


def without(pins: Sequence[Pin], place: object) -> tuple[Pin, ...]:
    """The pins without the one at a place; unchanged for a place that is none."""
    if not isinstance(place, str) or not place.isdecimal() or len(place) > 3:
        return tuple(pins)
    return tuple(pin for n, pin in enumerate(pins) if n != int(place))


def story_json(pins: Sequence[Pin], collection: Collection) -> str:
    """The document of a story, to save."""
    document = {
        "format": FORMAT,
        "model": collection.model,
        "corpus": collection.fingerprint,
        "pins": [
            {**({"item": pin.item} if pin.item else {"words": pin.words}), "caption": pin.caption} for pin in pins
        ],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def read_story(path: Path, loaded: LoadedCorpus) -> tuple[tuple[Pin, ...], list[str]]:
    """The pins of a file, and notes on what differs here: another corpus or model, items that are not there.

    Raises ModgapError, naming what is wrong, for anything but a story.
    """
    if path.stat().st_size > MAX_BYTES:
        raise ModgapError(f"{path.name} has more than {MAX_BYTES // 1000} KB: that is no story.")
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ModgapError(f'{path.name} is not JSON: save it again with "Save the story".') from error
    if not isinstance(document, dict) or document.get("format") != FORMAT or not isinstance(document.get("pins"), list):
        raise ModgapError(f'{path.name} is not a story: its "format" is not "{FORMAT}".')
    if len(document["pins"]) > MAX_PINS:
        raise ModgapError(f"{path.name} has more than {MAX_PINS} pins.")
    pins = [_pin(each, n, path.name) for n, each in enumerate(document["pins"], start=1)]
    collection = loaded.collection
    missing = [pin for pin in pins if pin.item and pin.item not in collection.row_of]
    notes = [f"{len(missing)} pinned items are not in this corpus and were left out."] if missing else []
    if document.get("corpus") != collection.fingerprint:
        notes.append(OTHER_CORPUS)
    if document.get("model") != collection.model:
        notes.append(OTHER_MODEL.format(_clean(str(document.get("model")), 60), collection.model))
    return tuple(pin for pin in pins if pin not in missing), notes


def _pin(value: Any, place: int, name: str) -> Pin:
    fields = {key: value.get(key, "") for key in ("words", "item", "caption")} if isinstance(value, dict) else {}
    if not fields or not all(isinstance(each, str) for each in fields.values()):
        raise ModgapError(f"{name}: pin {place} is not an object with words or an item, and a caption.")
    if bool(fields["words"].strip()) == bool(fields["item"]):
        raise ModgapError(f"{name}: pin {place} needs either words or an item.")
    return Pin(
        _clean(fields["words"], MAX_QUERY_CHARACTERS), fields["item"][:1000], _clean(fields["caption"], MAX_CAPTION)
    )


def _clean(words: str, most: int) -> str:
    """One line without control characters, nor those that turn the direction of what stands beside them.

    >>> _clean("safe\\u202egnp.exe\\n now", 50)
    'safegnp.exe now'
    """
    kept = "".join(
        each if unicodedata.category(each) not in ("Cc", "Cf", "Cs") else " " * each.isspace() for each in words
    )
    return " ".join(kept.split())[:most]
