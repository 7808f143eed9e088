"""The room of captions: what it takes, what it says, and whose corpus it holds scores against."""

import re
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from modgap.corpus import SafeDecoder, read_corpus
from modgap.encoders import load_encoder
from modgap.errors import ModgapError
from modgap.evaluation.captions import Background, Captioned, CaptionScore
from modgap.evaluation.captions.background import Reference
from modgap.evaluation.captions.scoring import Standing, WordEffect
from modgap.search.collection import Collection
from modgap.ui.components.caption_cards import Scale, cards_html, marked_words
from modgap.ui.tabs.captions import LONGEST, MOST_CAPTIONS, CaptionHandlers, caption_lines, caption_picture
from modgap.ui.tabs.captions import build_caption_panel as build_panel
from modgap.ui.tabs.registry import AppState
from modgap.ui.visit.model import Models, SharedEncoder
from modgap.ui.visit.sample import KeptSample
from modgap.ui.visit.session import LoadedCorpus, Visits
from modgap.ui.visit.uploads import STRANGERS

SOMEBODY = SimpleNamespace(session_hash="somebody")


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


def test_a_card_says_both_scores_the_percentile_and_what_they_are_held_against(found):
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
    scale = Scale.of([0.5], Reference(2.0, np.linspace(0, 1, 1001)))
    assert scale.band == pytest.approx((0.025, 0.975))
    assert 0 < scale.at(0) < scale.at(0.5) < scale.at(2.0) < 100
    assert Scale.of([0.0], None).band is None


@pytest.mark.parametrize(
    ("words", "message"),
    [(" \n ", "no caption yet"), ("a\n" * (MOST_CAPTIONS + 1), "limit is 20"), ("a" * (LONGEST + 1), "shorten it")],
)
def test_captions_that_cannot_be_taken(words, message):
    with pytest.raises(ModgapError, match=message):
        caption_lines(words)


def test_captions_are_lines():
    assert caption_lines(" a dog \n\n a cat\n") == ["a dog", "a cat"]


@pytest.fixture(scope="module")
def encoder():
    return load_encoder(device="cpu")


@pytest.fixture
def handlers(encoder):
    import gradio as gr

    with gr.Blocks(), SafeDecoder(STRANGERS, workers=1) as decoder:
        panel = build_panel()
        own = SharedEncoder(lambda: encoder)
        yield CaptionHandlers(panel, AppState(own, Visits(), KeptSample(), decoder, Models(own))), panel


def test_an_uploaded_picture_is_decoded_apart_scored_and_held_against_the_sample(handlers, tmp_path):
    room, panel = handlers
    Image.new("RGB", (64, 64), "skyblue").save(tmp_path / "<sky>.png")

    taken = room.picture(str(tmp_path / "<sky>.png"), SOMEBODY)
    assert taken[panel.file] is None
    assert "&lt;sky&gt;.png" in taken[panel.preview]

    scored = room.score("a blue sky\na dog", False, False, SOMEBODY)
    assert "Means and random pairs of the sample corpus ." in text_of(scored[panel.result])
    assert scored[panel.result].count('class="mg-caption"') == 2


def test_a_visitors_own_corpus_is_taken_where_it_will_do(handlers, encoder, mixed_files):
    room, panel = handlers
    visit = room._shared.visits.of("somebody")
    room.example(False, False, SOMEBODY)
    visit.loaded = LoadedCorpus(Collection.encode(read_corpus(mixed_files), encoder), {})
    assert "your corpus (3 pictures, 3 passages)" in room.score("a dog", False, False, SOMEBODY)[panel.result]

    visit.loaded = LoadedCorpus(Collection.encode(read_corpus(mixed_files[:3]), encoder), {})  # pictures only
    assert "the sample corpus" in room.score("a dog", True, False, SOMEBODY)[panel.result]


def test_what_is_missing_or_broken_is_said(handlers, tmp_path):
    room, panel = handlers
    (tmp_path / "x.png").write_bytes(b"nothing")

    assert "no picture yet" in room.score("a dog", False, False, SOMEBODY)[panel.status]
    assert "x.png is not a" in room.picture(str(tmp_path / "x.png"), SOMEBODY)[panel.status]
    assert panel.result not in room.again("a dog", False, False, SOMEBODY)


def test_one_visitor_does_not_see_anothers_picture(handlers):
    room, panel = handlers
    room.example(False, False, SOMEBODY)
    other = SimpleNamespace(session_hash="other")
    assert "no picture yet" in room.score("a dog", False, False, other)[panel.status]


def test_a_picture_of_a_missing_file_is_named(encoder, tmp_path):
    with pytest.raises(ModgapError, match=r"gone\.png is not there"):
        caption_picture(tmp_path / "gone.png", encoder)
