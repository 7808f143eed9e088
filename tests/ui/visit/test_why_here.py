"""What a card shows when it is asked what the query matches."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modgap.errors import ModgapError
from modgap.ui.tabs.search import matched_html
from modgap.ui.visit.session import LoadedCorpus, PageQuery
from modgap.ui.visit.why_here import Matched, matched

ASKED = PageQuery("aaa eee", "aaa eee")


def row_of(loaded: LoadedCorpus, modality: str) -> int:
    return next(row for row, item in enumerate(loaded.collection.items) if item.modality.value == modality)


def test_a_picture_is_looked_at_in_its_thumbnail(loaded: LoadedCorpus) -> None:
    row = row_of(loaded, "image")
    found = matched(loaded, ASKED, str(row))
    assert (len(found.regions), len(found.regions[0])) == (6, 6)
    assert all(0 <= share <= 1 for line in found.regions for share in line)
    page = str(matched_html(found))
    assert page.count("<rect") == 36
    assert "The query matches most at the" in page
    assert loaded.thumbnails[row] in page


def test_a_text_shows_its_words_and_they_stay_text(loaded: LoadedCorpus) -> None:
    found = matched(loaded, ASKED, str(row_of(loaded, "text")))
    assert len(found.words) == len(loaded.collection.items[found.row].text.split())
    assert not found.more
    page = str(matched_html(replace(found, words=(("<script>", 1.0),), more=True, asked='"><b>')))
    assert "&lt;script&gt;" in page
    assert 'class="mg-word-4"' in page
    assert 'data-asked="&#34;&gt;&lt;b&gt;"' in page


@pytest.mark.parametrize("value", [None, 3, "-1", "x", "9999", "1" * 12, {}])
def test_a_row_of_no_item_is_refused(loaded: LoadedCorpus, value: object) -> None:
    with pytest.raises(ModgapError, match="search again"):
        matched(loaded, ASKED, value)


def test_without_a_search_a_model_or_a_thumbnail_it_says_why(loaded: LoadedCorpus) -> None:
    row = str(row_of(loaded, "image"))
    with pytest.raises(ModgapError, match="search again"):
        matched(loaded, None, row)
    for thumbnails in ({}, {int(row): "https://elsewhere.example/1.jpg"}):
        with pytest.raises(ModgapError, match="only its address is known"):
            matched(replace(loaded, thumbnails=thumbnails), ASKED, row)
    with pytest.raises(ModgapError, match="cannot be opened"):
        matched(replace(loaded, thumbnails={int(row): "data:image/webp;base64,AAAA"}), ASKED, row)
    loaded.collection.encoder = None
    with pytest.raises(ModgapError, match="vectors without their model"):
        matched(loaded, ASKED, row)


def test_the_place_is_spoken() -> None:
    regions = [[0.0] * 7 for _ in range(7)]
    regions[6][0] = 1.0
    page = str(matched_html(Matched(0, "x", "data:image/webp;base64,", tuple(map(tuple, regions)))))
    assert "at the bottom left." in page
