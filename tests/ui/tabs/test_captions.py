"""The captions tab: its handlers, and the corpus that scores are compared with."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from PIL import Image

from modgap.corpus import SafeDecoder, read_corpus
from modgap.encoders import load_encoder
from modgap.search.collection import Collection
from modgap.ui.tabs.captions import (
    CaptionHandlers,
)
from modgap.ui.tabs.captions import build_caption_panel as build_panel
from modgap.ui.visit.app_state import AppState
from modgap.ui.visit.model import Models, SharedEncoder
from modgap.ui.visit.sample import KeptSample
from modgap.ui.visit.session import LoadedCorpus, Visits
from modgap.ui.visit.uploads import STRANGERS

SOMEBODY = SimpleNamespace(session_hash="somebody")


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


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


def test_an_uploaded_picture_is_decoded_apart_scored_and_compared_with_the_sample(handlers, tmp_path):
    tab, panel = handlers
    Image.new("RGB", (64, 64), "skyblue").save(tmp_path / "<sky>.png")

    taken = tab.picture(str(tmp_path / "<sky>.png"), SOMEBODY)
    assert taken[panel.file] is None
    assert "&lt;sky&gt;.png" in taken[panel.preview]

    scored = tab.score("a blue sky\na dog", False, False, SOMEBODY)
    assert "Means and random pairs of the sample corpus ." in text_of(scored[panel.result])
    assert scored[panel.result].count('class="mg-caption"') == 2


def test_a_visitors_own_corpus_is_taken_where_it_will_do(handlers, encoder, mixed_files):
    tab, panel = handlers
    visit = tab._state.visits.visit_for("somebody")
    tab.example(False, False, SOMEBODY)
    visit.loaded = LoadedCorpus(Collection.encode(read_corpus(mixed_files), encoder), {})
    assert "your corpus (3 pictures, 3 passages)" in tab.score("a dog", False, False, SOMEBODY)[panel.result]

    visit.loaded = LoadedCorpus(Collection.encode(read_corpus(mixed_files[:3]), encoder), {})  # pictures only
    assert "the sample corpus" in tab.score("a dog", True, False, SOMEBODY)[panel.result]


def test_what_is_missing_or_broken_is_said(handlers, tmp_path):
    tab, panel = handlers
    (tmp_path / "x.png").write_bytes(b"nothing")

    assert "no picture yet" in tab.score("a dog", False, False, SOMEBODY)[panel.status]
    assert "x.png is not a" in tab.picture(str(tmp_path / "x.png"), SOMEBODY)[panel.status]
    assert panel.result not in tab.again("a dog", False, False, SOMEBODY)


def test_one_visitor_does_not_see_anothers_picture(handlers):
    tab, panel = handlers
    tab.example(False, False, SOMEBODY)
    other = SimpleNamespace(session_hash="other")
    assert "no picture yet" in tab.score("a dog", False, False, other)[panel.status]
