"""What caption scores are held against: the visitor's own corpus where it will do, else the sample; each made once."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from modgap.errors import CalibrationError
from modgap.evaluation.captions import Background
from modgap.progress import silent
from modgap.search.collection import Collection
from modgap.ui.tabs import corpus_panel
from modgap.ui.tabs.registry import AppState
from modgap.ui.visit.session import LoadedCorpus

SAMPLE = "the sample corpus"


class CaptionBackgrounds:
    """Backgrounds by corpus and prefix; those of a visitor's corpus live as long as it does."""

    def __init__(self, shared: AppState) -> None:
        self._shared = shared
        self._own: WeakKeyDictionary[Collection, dict[bool, Background]] = WeakKeyDictionary()
        self._of_sample: dict[bool, Background] = {}

    def of(self, loaded: LoadedCorpus | None, prefix: bool = False) -> Background:
        """The background for a visit. prefix: the texts behind it begin with CLIPScore's words."""
        if loaded is not None and not loaded.sample and loaded.collection.encoder is self._shared.encoder.get():
            kept = self._own.setdefault(loaded.collection, {})
            try:
                if prefix not in kept:
                    counts = loaded.collection.counts
                    words = f"your corpus ({counts['image']:,} pictures, {counts['text']:,} passages)"
                    kept[prefix] = Background.from_collection(loaded.collection, words, prefix=prefix)
                return kept[prefix]
            except CalibrationError:
                pass  # one modality, or too few items: the sample serves, and the answer says which was taken
        if prefix not in self._of_sample:
            sample = self._shared.sample.load(lambda: corpus_panel.load_sample(self._shared.encoder, silent))
            self._of_sample[prefix] = Background.from_collection(sample.collection, SAMPLE, prefix=prefix)
        return self._of_sample[prefix]
