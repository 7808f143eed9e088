"""The sample corpus that ships with the app: encoded once for all, example queries, the photographers' credits."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace

from modgap.assets import asset_path
from modgap.calibration import Calibration
from modgap.calibration_queries import CalibrationQueries
from modgap.collection import Collection
from modgap.corpus import Corpus, read_corpus
from modgap.items import Modality
from modgap.ui.session import Loaded

EXAMPLES = (
    "tools with red handles",
    "windmill",
    "cup and saucer",
    "solar panels",
    "what does an adjustable spanner look like",
    "how do chameleons change colour",
)


class KeptSample:
    """The sample as its first visitor's click encoded and calibrated it; nobody's own, so the next ones share it.

    Each visitor gets a collection of their own around the same vectors, since a calibration belongs to its visitor.
    """

    def __init__(self) -> None:
        self._loaded: Loaded | None = None
        self._calibration: Calibration | None = None
        self._queries: dict[Modality, CalibrationQueries] = {}

    def load(self, load: Callable[[], Loaded]) -> Loaded:
        """The sample, uncalibrated; `load` encodes it the first time."""
        if self._loaded is None:
            self._loaded = load()
        kept = self._loaded.collection
        return replace(self._loaded, collection=Collection(kept.items, kept.vectors, encoder=kept.encoder))

    def calibrate(self, collection: Collection, calibrate: Callable[[], Calibration]) -> Calibration:
        """Automatic statistics of the sample; `calibrate` learns them the first time."""
        if self._calibration is None:
            self._calibration = calibrate()
            self._queries = collection.calibration_queries
        collection.use(self._calibration, self._queries)
        return self._calibration


def sample_corpus() -> Corpus:
    """The shipped photographs and passages."""
    return read_corpus(asset_path("sample", "corpus"))


def photo_credits() -> list[dict[str, str]]:
    """One row a photograph: file, author, licence, source (a URL)."""
    with open(asset_path("sample", "licences.tsv"), encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table, delimiter="\t"))
