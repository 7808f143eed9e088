"""The operator's settings from environment variables."""

from __future__ import annotations

import pytest

from modgap.errors import ModelError
from modgap.ui.page import build_page
from modgap.ui.visit.model import SharedEncoder, chosen_encoder
from modgap.ui.visit.settings import Settings


def test_settings_that_are_not_numbers_are_logged_and_replaced_by_the_default(monkeypatch, caplog):
    for name, value in (("MODGAP_VISITS", "many"), ("MODGAP_IDLE", "5"), ("MODGAP_MODEL", " ")):
        monkeypatch.setenv(name, value)

    assert Settings.from_environment() == Settings(model=None, visits=64, idle_seconds=300)
    assert 'MODGAP_VISITS is "many"' in caplog.text


def test_the_operator_chooses_the_model_and_a_bad_choice_is_reported_to_who_needs_it(monkeypatch):
    monkeypatch.setenv("MODGAP_MODEL", "no-such-model")

    app = build_page()

    assert app.fns
    with pytest.raises(ModelError, match=r'set to use a model that cannot be used.*"no-such-model"'):
        SharedEncoder().get()
    assert chosen_encoder("modgap-mini-2").name == "modgap-mini-2"


@pytest.mark.parametrize(
    ("given", "space", "others"),
    [
        ("", "", None),
        ("", "someone/space", ()),
        ("none", "", ()),
        ("RN50/openai, ViT-B-32/openai", "someone/space", ("RN50/openai", "ViT-B-32/openai")),
    ],
)
def test_the_operator_says_what_may_be_chosen(monkeypatch, given, space, others):
    monkeypatch.setenv("MODGAP_MODELS", given)
    monkeypatch.setenv("SPACE_ID", space)
    assert Settings.from_environment().others == others


def test_the_operator_names_an_engine_and_its_pictures(monkeypatch):
    monkeypatch.setenv("MODGAP_CORPUS", " qdrant:///data/q ")
    monkeypatch.setenv("MODGAP_PICTURES", "https://x.example/{id}")

    settings = Settings.from_environment()

    assert (settings.corpus, settings.pictures) == ("qdrant:///data/q", "https://x.example/{id}")
