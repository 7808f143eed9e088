"""The corpus that caption scores are compared with, computed once for each prefix."""

from __future__ import annotations

import pytest

from modgap.corpus import read_corpus
from modgap.evaluation.captions import Background
from modgap.search.collection import Collection
from modgap.ui.visit.caption_backgrounds import CaptionBackgrounds
from modgap.ui.visit.session import LoadedCorpus


@pytest.fixture
def loaded(toy_state, mixed_files) -> LoadedCorpus:
    """Three pictures and three passages, encoded by the app's own encoder."""
    return LoadedCorpus(Collection.encode(read_corpus(mixed_files), toy_state.encoder.get()), {})


def test_a_visitors_corpus_is_its_own_background_computed_once_for_each_prefix(toy_state, loaded, monkeypatch):
    backgrounds, computed = CaptionBackgrounds(toy_state), []
    compute = Background.from_collection
    monkeypatch.setattr(
        Background, "from_collection", lambda *given, **named: computed.append(named) or compute(*given, **named)
    )

    first = backgrounds.background_for(loaded)

    assert first.source == "your corpus (3 pictures, 3 passages)"
    assert backgrounds.background_for(loaded) is first
    assert backgrounds.background_for(loaded, prefix=True) is not first
    assert computed == [{"prefix": False}, {"prefix": True}]


def test_vectors_of_another_encoder_are_compared_with_the_sample(toy_state, loaded, toy_encoder):
    loaded.collection.encoder = toy_encoder  # an equal one, but not the app's
    toy_state.sample.load = lambda load, model="": loaded

    assert CaptionBackgrounds(toy_state).background_for(loaded).source == "the sample corpus"
