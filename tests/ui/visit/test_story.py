"""Pins and story.json: kept in order, opened elsewhere, and refused where they are a stranger's tricks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from modgap.errors import ModgapError
from modgap.ui.visit.session import LoadedCorpus, PageQuery, Pin, Visit
from modgap.ui.visit.story import MAX_BYTES, MAX_PINS, pinned, read_story, story_json, without


def words(text: str) -> PageQuery:
    return PageQuery(text, text)


def written(folder: Path, document: Any) -> Path:
    path = folder / "story.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path


def test_searches_are_kept_in_order_and_a_second_pin_replaces_the_caption() -> None:
    pins = pinned((), words("red tea"), "First")
    pins = pinned(pins, words("blue tea"), " Second \n line ")
    pins = pinned(pins, words("red tea"), "Better")
    assert [(pin.words, pin.caption) for pin in pins] == [("red tea", "Better"), ("blue tea", "Second line")]
    assert without(pins, "0") == (Pin("blue tea", "", "Second line"),)
    for place in ("7", "-1", "x", None, "99999", 0):
        assert without(pins, place) == pins


def test_a_story_opens_with_the_same_corpus(visit: Visit, tmp_path: Path) -> None:
    loaded = visit.require_loaded()
    item = loaded.collection.items[3]
    pins = pinned(pinned((), words("red"), "In words"), PageQuery(item, item.title), "By an item")
    path = tmp_path / "story.json"
    path.write_text(story_json(pins, loaded.collection), encoding="utf-8")
    assert read_story(path, loaded) == (pins, [])


def test_with_another_corpus_or_model_it_says_so_and_leaves_out_what_is_not_there(
    visit: Visit, loaded: LoadedCorpus, tmp_path: Path
) -> None:
    collection = visit.require_loaded().collection
    item = collection.items[3]
    pins = pinned(pinned((), words("red"), ""), PageQuery(item, item.title), "")
    document = {**json.loads(story_json(pins, collection)), "model": "another\u202e"}
    found, notes = read_story(written(tmp_path, document), loaded)
    assert [pin.words for pin in found] == ["red"]
    assert notes[0].startswith("1 pinned items are not in this corpus")
    assert "another corpus" in notes[1]
    assert "the model another and is told with toy" in notes[2]


def test_nothing_searched_and_a_picture_from_outside_cannot_be_pinned() -> None:
    with pytest.raises(ModgapError, match="Search first"):
        pinned((), None, "")
    with pytest.raises(ModgapError, match="An uploaded picture is not kept"):
        pinned((), PageQuery(Image.new("RGB", (2, 2)), "mine.png"), "")
    full = tuple(Pin(f"w{n}") for n in range(MAX_PINS))
    with pytest.raises(ModgapError, match="at most 40 pins"):
        pinned(full, words("one more"), "")
    assert len(pinned(full, words("w3"), "known")) == MAX_PINS


GOOD = {"format": "modgap.story/1", "model": "toy", "corpus": "x", "pins": [{"words": "a", "caption": "b"}]}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ({**GOOD, "format": "modgap.calibration/1"}, "is not a story"),
        ({**GOOD, "pins": "a"}, "is not a story"),
        ([GOOD], "is not a story"),
        ({**GOOD, "pins": ["a"]}, "pin 1 is not an object"),
        ({**GOOD, "pins": [{"words": 7}]}, "pin 1 is not an object"),
        ({**GOOD, "pins": [*GOOD["pins"], {"caption": "only"}]}, "pin 2 needs either words or an item"),
        ({**GOOD, "pins": [{"words": "a", "item": "b"}]}, "pin 1 needs either"),
        ({**GOOD, "pins": GOOD["pins"] * 41}, "more than 40 pins"),
        (json.dumps(GOOD) + " " * MAX_BYTES, "more than 200 KB"),
    ],
)
def test_what_is_no_story_is_refused(document: Any, message: str, loaded: LoadedCorpus, tmp_path: Path) -> None:
    with pytest.raises(ModgapError, match=message):
        read_story(written(tmp_path, document), loaded)


def test_a_file_that_fills_the_limits_exactly_is_read(loaded: LoadedCorpus, tmp_path: Path) -> None:
    document = {**GOOD, "pins": [{"words": f"{n:03d}" + "w" * 997, "caption": "c" * 300} for n in range(MAX_PINS)]}
    text = json.dumps(document)
    pins, _ = read_story(written(tmp_path, text + " " * (MAX_BYTES - len(text))), loaded)
    assert len(pins) == MAX_PINS
    assert {(len(pin.words), len(pin.caption)) for pin in pins} == {(1000, 300)}


def test_characters_that_hide_or_turn_words_are_dropped(loaded: LoadedCorpus, tmp_path: Path) -> None:
    caption = "pay\u202egnp.exe\u2066\u200b\x00\x1b[31m\ud800 =cmd()"
    document = {**GOOD, "pins": [{"words": "a\u202eb", "caption": caption}]}
    pins, _ = read_story(written(tmp_path, document), loaded)
    assert pins == (Pin("ab", "", "paygnp.exe[31m =cmd()"),)
