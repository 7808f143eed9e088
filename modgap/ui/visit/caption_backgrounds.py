"""The corpus that caption scores are compared with: the visitor's own where it is suitable, else the sample."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from modgap.errors import CalibrationError
from modgap.evaluation.captions import Background
from modgap.progress import silent
from modgap.search.collection import Collection
from modgap.ui.visit.app_state import AppState
from modgap.ui.visit.loading import load_sample
from modgap.ui.visit.session import LoadedCorpus

SAMPLE = "the sample corpus"


class CaptionBackgrounds:
    """Backgrounds by corpus and prefix, each computed once; those of a visitor's corpus live as long as it does."""

    def __init__(self, state: AppState) -> None:
        self._state = state
        self._own: WeakKeyDictionary[Collection, dict[bool, Background]] = WeakKeyDictionary()
        self._sample: dict[bool, Background] = {}

    def background_for(self, loaded: LoadedCorpus | None, prefix: bool = False) -> Background:
        """The background for a visitor's corpus. prefix: its texts begin with the words that CLIPScore puts first."""
        if loaded is not None and not loaded.sample and loaded.collection.encoder is self._state.encoder.get():
            kept = self._own.setdefault(loaded.collection, {})
            try:
                if prefix not in kept:
                    counts = loaded.collection.counts
                    words = f"your corpus ({counts.get('image', 0):,} pictures, {counts.get('text', 0):,} passages)"
                    kept[prefix] = Background.from_collection(loaded.collection, words, prefix=prefix)
                return kept[prefix]
            except CalibrationError:
                pass  # one modality, or too few items: the sample serves, and the answer names it
        if prefix not in self._sample:
            sample = self._state.sample.load(lambda: load_sample(self._state.encoder, silent))
            self._sample[prefix] = Background.from_collection(sample.collection, SAMPLE, prefix=prefix)
        return self._sample[prefix]
