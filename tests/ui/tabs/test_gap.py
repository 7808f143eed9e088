"""The gap tab: in words, numbers and a map, measured once for a calibration."""

from __future__ import annotations

import re

import numpy as np
import pytest

from modgap.items import Item, Modality
from modgap.plots.points import point_maps
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


def test_points_keep_their_distances_and_centring_brings_the_middles_together() -> None:
    rng = np.random.default_rng(0)
    modality = np.repeat(["image", "text"], 400)
    vectors = rng.normal(size=(800, 16)) + np.where(modality == "image", 3, -3)[:, None] * np.eye(16)[0]
    unit = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    maps = point_maps(unit, modality, query=unit[700], most=100)
    before, after = maps["before"], maps["after"]
    assert len(before.rows) == 200
    assert (before.xy >= 0).all()
    assert (before.xy <= 1).all()
    assert before.query is not None
    assert after.distance < 0.1 < before.distance
    apart = {name: np.linalg.norm(np.subtract(*each.centroids.values())) for name, each in maps.items()}
    assert apart["after"] < apart["before"] / 3


def test_a_corpus_with_one_picture_has_a_gap_and_a_map_of_what_is_encoded(toy_encoder) -> None:
    items = [Item("only.png", Modality.IMAGE), *(Item(f"{n}.txt", Modality.TEXT, text=f"note {n}") for n in range(6))]
    vectors = toy_encoder.encode_texts([item.text or "a picture" for item in items])
    vectors[0] = np.roll(vectors[0], 1)
    one = Visit(loaded=LoadedCorpus(Collection(items, vectors), {}))
    page = gap_tab.gap_html(one)
    assert "The gap of this corpus is" in page
    assert "As encoded" in page
    assert "After centring" not in page


def test_a_third_group_is_drawn_as_squares_in_neutral_colours(visit: Visit, monkeypatch) -> None:
    def with_licences(*given, **named):
        maps = point_maps(*given, **named)
        for each in maps.values():
            each.modality[:3] = "image", "text", "other"  # np.str_ of five letters
            each.centroids["other"] = (0.5, 0.5)
        return maps

    monkeypatch.setattr(gap_tab, "point_maps", with_licences)

    page = gap_tab.gap_html(visit)

    first = re.search(r"<svg.*?</svg>", page, re.S).group()
    assert first.count('class="mg-point mg-point-other"') == 1
    assert first.count("<rect ") == 2, "the item and the middle of its group"
    assert '<span class="mg-word-other">■</span> items of &#34;other&#34;' in page
