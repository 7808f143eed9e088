"""Scored captions as cards: both scores, the marked words, the scale; all escaped."""

from __future__ import annotations

import re

import numpy as np
import pytest

from modgap.evaluation.captions import Background, Captioned, CaptionScore
from modgap.evaluation.captions.background import Reference
from modgap.evaluation.captions.scoring import Standing, WordEffect
from modgap.ui.components.caption_cards import Scale, cards_html, marked_words


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


@pytest.fixture
def found() -> Captioned:
    """One caption with a hostile word; the random pairs run from 0 to 1, the mean pair is 2."""
    effects = [("<i>a</i>", 0.01), ("dog", 0.5), ("blue", -0.2)]
    words = tuple(WordEffect(word, {"clipscore": value, "i0t_score": -value}) for word, value in effects)
    standing = {name: Standing(2.0, 0.97) for name in ("clipscore", "i0t_score")}
    caption = CaptionScore("<i>a</i> dog blue", 0.3, 0.75, -0.1, standing=standing, words=words, cut=True)
    reference = Reference(2.0, np.linspace(0, 1, 1001))
    zeros = np.zeros(2, dtype=np.float32)
    background = Background(zeros, zeros, "<b>corpus</b>", False, dict.fromkeys(standing, reference), "3 pairs")
    return Captioned((caption,), background, prefix=False, clip=False, notes=("Caption 1 is <long>.",))


def test_a_card_says_both_scores_the_percentile_and_what_they_are_compared_with(found):
    words = text_of(cards_html(found))

    assert "CLIPScore 0.750 higher than 97 % of random pairs" in words
    assert "I0T-Score −0.100 higher than 97 % of random pairs" in words
    assert "longer than the model reads" in words
    assert "The mean pair is of 3 pairs." in words


def test_nothing_of_a_visitor_is_markup(found):
    html = cards_html(found)
    assert "<i>a</i>" not in html
    assert "&lt;i&gt;a&lt;/i&gt;" in html
    assert "<b>corpus</b>" not in html
    assert "&lt;long&gt;" in html


def test_words_are_marked_by_sign_and_line_and_in_words(found):
    clip, i0t = (marked_words(found.captions[0], name) for name in ("clipscore", "i0t_score"))
    assert re.search(r'mg-helps.*\+</b><span class="mg-under">dog</span><span class="mg-sr"> \(helps\)', clip)
    assert re.search(r'mg-hurts.*−</b><span class="mg-under">dog</span><span class="mg-sr"> \(hurts\)', i0t)
    assert clip.count("mg-under") == 2  # the small effect is not marked


def test_a_scale_holds_the_band_the_mean_pair_and_the_score():
    scale = Scale.from_values([0.5], Reference(2.0, np.linspace(0, 1, 1001)))
    assert scale.band == pytest.approx((0.025, 0.975))
    assert 0 < scale.at(0) < scale.at(0.5) < scale.at(2.0) < 100
    assert Scale.from_values([0.0], None).band is None
