"""Hits are a list, and show themselves in a notebook."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import modgap
from modgap.items import Hit, Item, Modality
from modgap.search.hits import Hits, hits_table


def picture_hit(path: Path) -> Hit:
    return Hit(1, "<b>.png", Modality.IMAGE, 0.25, item=Item("<b>.png", Modality.IMAGE, path=path))


def test_a_search_gives_hits_that_are_a_list() -> None:
    vectors = np.random.default_rng(0).standard_normal((40, 8))
    collection = modgap.Collection.from_vectors([f"i{n}" for n in range(40)], ["image", "text"] * 20, vectors)
    hits = collection.search(vectors[3], 5, method="raw")
    assert isinstance(hits, Hits)
    assert hits == list(hits)
    assert hits._repr_html_().count("<tr>") == 6
    assert hits.to_pandas()["rank"].tolist() == [1, 2, 3, 4, 5]


def test_a_picture_is_a_thumbnail_and_its_name_is_escaped(tmp_path: Path) -> None:
    Image.new("RGB", (900, 300), "red").save(tmp_path / "p.png")
    shown = hits_table([picture_hit(tmp_path / "p.png")])
    assert 'src="data:image/webp;base64,' in shown
    assert len(shown) < 3000
    assert "&lt;b&gt;.png" in shown


def test_a_passage_is_its_first_words_and_markup_in_it_stays_text() -> None:
    text = "<img src=x onerror=alert(1)> " + "word " * 100
    shown = hits_table([Hit(1, "t", Modality.TEXT, 0.5, item=Item("t", Modality.TEXT, text=text))])
    assert "&lt;img src=x" in shown
    assert "<img" not in shown
    assert len(shown) < 700


@pytest.mark.parametrize("hit", [Hit(1, "i", Modality.IMAGE, 0.5), picture_hit(Path("gone.png"))])
def test_an_item_that_cannot_be_shown_leaves_the_rest_of_its_row(hit: Hit) -> None:
    assert "<img" not in hits_table([hit])
    assert "image" in hits_table([hit])
