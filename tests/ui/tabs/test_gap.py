"""The gap tab: in words, numbers and a map, measured once for a calibration."""

from __future__ import annotations

import re

import numpy as np
import pytest

from modgap.items import Item, Modality
from modgap.search.collection import Collection
from modgap.ui.tabs import gap as gap_tab
from modgap.ui.visit.session import LoadedCorpus, Visit

EVIL = '<script>alert("x")</script>'


def test_the_gap_is_shown_in_words_numbers_and_a_map(visit: Visit) -> None:
    page = gap_tab.gap_html(visit)
    gap = visit.loaded.collection.gap(visit.loaded.collection.calibration_queries[Modality.TEXT].vectors)
    assert f"<em>{gap.severity}</em>" in page
    assert f"<b>{gap.metrics['centroid_distance']:.2f}</b> apart" in page
    assert page.count('class="mg-point mg-point-picture"') == 2 * 12
    assert page.count('class="mg-map-query"') == 2
    assert "Left out: Paired distance" in page
    assert EVIL not in page


def test_the_gap_is_measured_once_for_a_calibration(visit: Visit, monkeypatch) -> None:
    gap_tab.gap_html(visit)
    monkeypatch.setattr(gap_tab, "_measure", lambda loaded: pytest.fail("measured again"))
    gap_tab.gap_html(visit)
    monkeypatch.undo()
    visit.loaded.collection.calibrate(["tea", "rat", "our"])
    before = visit.kept["gap"]
    gap_tab.gap_html(visit)
    assert visit.kept["gap"] is not before


def test_a_corpus_with_one_picture_has_a_gap_and_a_map_of_what_is_encoded(toy_encoder) -> None:
    items = [Item("only.png", Modality.IMAGE), *(Item(f"{n}.txt", Modality.TEXT, text=f"note {n}") for n in range(6))]
    vectors = toy_encoder.encode_texts([item.text or "a picture" for item in items])
    vectors[0] = np.roll(vectors[0], 1)
    one = Visit(loaded=LoadedCorpus(Collection(items, vectors), {}))
    page = gap_tab.gap_html(one)
    assert "The gap of this corpus is" in page
    assert "As encoded" in page
    assert "After centring" not in page


def test_a_third_group_is_drawn_as_squares_in_neutral_colours(toy_encoder) -> None:
    items = [Item(f"{n}.txt", Modality.TEXT, text=f"note {n}") for n in range(5)]
    items += [Item(f"{n}.png", Modality.IMAGE) for n in range(4)]
    items += [Item(f"row {n}", Modality.TEXT, text=f"licence {n}", group="licences") for n in range(3)]
    vectors = toy_encoder.encode_texts([item.text or f"picture {item.id}" for item in items])
    vectors[5:9] = np.roll(vectors[5:9], 1, axis=1)

    page = gap_tab.gap_html(Visit(loaded=LoadedCorpus(Collection(items, vectors), {})))

    first = re.search(r"<svg.*?</svg>", page, re.S).group()
    assert first.count('class="mg-point mg-point-other"') == 3
    assert first.count("<rect ") == 4, "the items and the middle of their group"
    assert '<span class="mg-word-other">■</span> items of &#34;licences&#34;' in page
