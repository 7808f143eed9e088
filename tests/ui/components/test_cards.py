"""Cards show rank, kind, score, fit and rank change, and escape everything that came from a file."""

import re

from modgap.items import Hit, Item, Modality
from modgap.ui.components.cards import CardContext, card, result_list, share_bar

PICTURE = Item("photos/red-fox.png", Modality.IMAGE)
PASSAGE = Item("fox.txt", Modality.TEXT, text="A fox\n  sleeps.")
CONTEXT = CardContext([PICTURE, PASSAGE], {PICTURE.id: 0, PASSAGE.id: 1}, {0: "data:image/webp;base64,AAAA"})


def hit(item: Item, **values) -> Hit:
    return Hit(
        **{
            "rank": 1,
            "id": item.id,
            "modality": item.modality,
            "score": 0.3126,
            "z": 2.5,
            "fit": 0.917,
            "value": 1.234,
            **values,
        }
    )


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_the_raw_card_shows_the_cosine_and_the_calibrated_one_its_score():
    raw = card(hit(PICTURE), CONTEXT, calibrated=False, rank_change=0, in_other_list=True)
    calibrated = card(hit(PICTURE), CONTEXT, calibrated=True, rank_change=0, in_other_list=True)

    assert "0.313 cos" in text_of(raw)
    assert "+1.23 cal" in text_of(calibrated)
    assert "92%" in text_of(raw)


def test_a_picture_card_has_its_thumbnail_with_alt_text_and_searches_by_its_row():
    html = card(hit(PICTURE), CONTEXT, calibrated=True, rank_change=3, in_other_list=False)

    assert 'src="data:image/webp;base64,AAAA" alt="red fox"' in html
    assert 'data-ask="item" data-value="0"' in html
    assert "search by this picture" in html


def test_a_passage_card_shows_its_text_on_one_line():
    assert "A fox sleeps." in text_of(card(hit(PASSAGE), CONTEXT, calibrated=True, rank_change=0, in_other_list=True))


def test_movement_is_an_arrow_and_words():
    def moved(places: int | None) -> str:
        return text_of(card(hit(PASSAGE), CONTEXT, calibrated=True, rank_change=places, in_other_list=True))

    assert "▲ 12 rises 12 places" in moved(12)
    assert "▼ 1 falls 1 place" in moved(-1)
    assert "= same rank in both" in moved(0)
    assert "rank in both" not in moved(None)


def test_an_item_that_only_one_list_shows_is_marked():
    assert "new" in text_of(card(hit(PASSAGE), CONTEXT, calibrated=True, rank_change=4, in_other_list=False))
    assert "out" in text_of(card(hit(PASSAGE), CONTEXT, calibrated=False, rank_change=-4, in_other_list=False))
    assert "new" not in text_of(card(hit(PASSAGE), CONTEXT, calibrated=True, rank_change=4, in_other_list=True))


def test_an_uncalibrated_hit_has_neither_fit_nor_movement():
    text = text_of(
        card(hit(PASSAGE, z=None, fit=None), CONTEXT, calibrated=False, rank_change=None, in_other_list=False)
    )

    assert "fit" not in text
    assert "out" not in text


def test_hostile_ids_captions_and_texts_are_escaped():
    evil = '"><img src=x onerror=alert(1)>'
    picture = Item(evil, Modality.IMAGE, caption=evil)
    passage = Item(f"{evil}.txt", Modality.TEXT, text=f"{evil} text")
    context = CardContext([picture, passage], {picture.id: 0, passage.id: 1}, {0: "data:,"})

    html = result_list(
        [hit(picture), hit(passage)], context, calibrated=True, rank_change={}, other_ids=set(), image_share=0.5
    )

    assert "<img src=x" not in html
    assert "&#34;&gt;&lt;img src=x onerror=alert(1)&gt;" in html


def test_the_share_bar_says_its_number_and_is_absent_without_one():
    assert "30% pictures" in text_of(share_bar(0.3))
    assert share_bar(None) == ""


def test_a_list_names_itself_for_screen_readers():
    html = result_list([hit(PASSAGE)], CONTEXT, calibrated=False, rank_change=None, other_ids=set(), image_share=None)

    assert 'aria-label="Raw results"' in html


def test_a_group_of_its_own_is_named_in_neutral_colours_and_keeps_the_words_of_its_modality():
    licence = Item("mit.txt", Modality.TEXT, text="Permission is granted.", group="licences")
    context = CardContext([licence], {licence.id: 0}, {})

    html = card(hit(licence, group="licences"), context, calibrated=True, rank_change=None, in_other_list=False)

    assert 'class="mg-card mg-card-other"' in html
    assert "licences +1.23 cal" in text_of(html)
    assert "search by this passage" in html
    assert "Scores above the best item of &#34;licences&#34; of 92% of the calibration queries" in html
