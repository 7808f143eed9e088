"""The two samples that ship with the app, encoded once, with example queries and the photographers' credits.

The sample corpus has pictures and passages; the catalogue has objects that are a picture and a text at once.
"""

from __future__ import annotations

import csv
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

from modgap.calibration import Calibration
from modgap.corpus import Corpus, read_corpus
from modgap.io.assets import asset_path
from modgap.search.collection import Collection
from modgap.ui.visit.session import Calibrated, LoadedCorpus

EXAMPLES = tuple(asset_path("sample", "examples.txt").read_text(encoding="utf-8").splitlines())
CATALOGUE_EXAMPLES = tuple(asset_path("sample", "catalogue_examples.txt").read_text(encoding="utf-8").splitlines())


class KeptSample:
    """The sample as its first visitor encoded and calibrated it, by model; shared by all visitors.

    Each visitor gets their own collection around the same vectors, since a calibration belongs to its visitor.
    """

    def __init__(self) -> None:
        # a second visitor of the same model waits for the first, in place of computing the same
        self._locks: dict[str, threading.Lock] = defaultdict(threading.Lock)
        self.asked = threading.Event()  # set when the first visitor asks for it
        self._loaded: dict[str, LoadedCorpus] = {}
        self._calibrations: dict[str, Calibrated] = {}

    def load(self, load: Callable[[], LoadedCorpus], model: str = "", *, prepare: bool = False) -> LoadedCorpus:
        """The sample, uncalibrated; `load` encodes it the first time.

        model: the visitor's choice, if any. prepare: nobody has asked for it yet.
        """
        if not prepare:
            self.asked.set()
        with self._locks[model]:
            if model not in self._loaded:
                self._loaded[model] = load()
        kept = self._loaded[model].collection
        return replace(
            self._loaded[model], collection=Collection(kept.items, kept.vectors, encoder=kept.encoder), model=model
        )

    def calibrate(self, loaded: LoadedCorpus, calibrate: Callable[[], Calibration]) -> Calibration:
        """Automatic calibration of the sample; `calibrate` computes it the first time."""
        with self._locks[loaded.model]:
            if loaded.model not in self._calibrations:
                self._calibrations[loaded.model] = calibrate(), loaded.collection.calibration_queries
        calibration, queries = self._calibrations[loaded.model]
        loaded.collection.use(calibration, queries)
        return calibration


def sample_corpus() -> Corpus:
    """The shipped photographs and passages."""
    return read_corpus(asset_path("sample", "corpus"))


def catalogue_corpus() -> Corpus:
    """The shipped table of objects, most of them with a picture."""
    return read_corpus(asset_path("sample", "products.csv"))


def examples_of(loaded: LoadedCorpus) -> tuple[str, ...]:
    """Queries that show the effect at once; none for a visitor's own corpus."""
    return EXAMPLES if loaded.sample else CATALOGUE_EXAMPLES if loaded.catalogue else ()


def photo_credits() -> list[dict[str, str]]:
    """One row per photograph: file, author, licence, source (a URL)."""
    with open(asset_path("sample", "licences.tsv"), encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table, delimiter="\t"))
