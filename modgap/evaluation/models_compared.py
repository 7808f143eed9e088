"""Two or more models side by side on one corpus and the same queries: the gap, what calibration changes, five searches.

The model that needs calibration least is as interesting as the one that gains most from it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from modgap.calibration.queries import first_sentence
from modgap.corpus import Corpus, Queries
from modgap.encoders import Encoder
from modgap.evaluation.results import ALL, Evaluation
from modgap.evaluation.runner import evaluate
from modgap.io.extras import require_extra
from modgap.io.templates import render
from modgap.items import Modality
from modgap.metrics.gap import centroid_distance, severity
from modgap.progress import Progress, silent
from modgap.search.collection import Collection
from modgap.search.comparison import Comparison
from modgap.search.gain import FIRST, Gain
from modgap.search.hits import hits_table

SEARCHES = 5  # shown where none are given
HITS = 5  # of each list
METHODS = ("raw", "calibrated")
_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class ModelCompared:
    """One model on the corpus.

    seconds: to encode and calibrate it. distance: of the centroids of pictures and texts; None where one is missing.
    gain: over the calibration queries. evaluation: raw and calibrated on labelled queries, if there are any. searches:
    (words, raw and calibrated results) of each.
    """

    model: str
    dimension: int
    seconds: float
    distance: float | None
    gain: Gain | None
    evaluation: Evaluation | None
    searches: tuple[tuple[str, Comparison], ...]

    def recall(self, method: str, metric: str = "recall@5") -> float | None:
        """Mean of a metric over all labelled queries; None without labels."""
        return None if self.evaluation is None else self.evaluation.methods[method][ALL][metric]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        gain = self.gain
        return {
            "model": self.model,
            "dimension": self.dimension,
            "seconds": round(self.seconds, 3),
            "centroid_distance": None if self.distance is None else round(self.distance, 6),
            "severity": None if self.distance is None else severity(self.distance),
            "gain": None
            if gain is None
            else {"queries": gain.queries, "before": gain.before, "after": gain.after, "sentence": gain.sentence},
            "recall@5": {method: self.recall(method) for method in METHODS} if self.evaluation is not None else None,
            "searches": [
                {"words": words, "raw": _ids(found.raw), "calibrated": _ids(found.calibrated)}
                for words, found in self.searches
            ],
        }


def compare_models(
    corpus: Corpus,
    encoders: Iterable[Encoder],
    *,
    searches: Sequence[str] = (),
    labelled: Queries | None = None,
    progress: Progress = silent,
) -> list[ModelCompared]:
    """Encode and calibrate the corpus with each encoder, and ask the same of all.

    searches: words to show results of; the first sentences of a few passages, evenly drawn, if left out.
    labelled: to evaluate on, with automatic calibration queries.
    Raises ModgapError for a corpus of precomputed vectors, or where the extra `evaluation` is missing.
    """
    require_extra("evaluation")
    return [_compared(corpus, encoder, searches, labelled, progress) for encoder in encoders]


def models_html(found: Sequence[ModelCompared]) -> str:
    """A page that loads nothing from elsewhere: a table of the models, and each search with the lists of all models."""
    rows = [
        {
            "model": each.model,
            "dimension": each.dimension,
            "seconds": each.seconds,
            "distance": each.distance,
            "severity": None if each.distance is None else severity(each.distance),
            "gain": each.gain.sentence if each.gain is not None else "",
            "recalls": [each.recall(method) for method in METHODS],
        }
        for each in found
    ]
    searches = [
        {
            "words": words,
            "lists": [
                (f"{each.model}, {name}", Markup(hits_table(hits)))  # escaped there
                for each in found
                for name, hits in (
                    ("raw", each.searches[place][1].raw),
                    ("calibrated", each.searches[place][1].calibrated),
                )
            ],
        }
        for place, (words, _) in enumerate(found[0].searches if found else ())
    ]
    labelled = any(each.evaluation is not None for each in found)
    return render(_TEMPLATES, "models.html", rows=rows, searches=searches, labelled=labelled, first=FIRST) + "\n"


def _compared(
    corpus: Corpus, encoder: Encoder, searches: Sequence[str], labelled: Queries | None, progress: Progress
) -> ModelCompared:
    begun = time.perf_counter()
    collection = Collection.encode(corpus, encoder, progress=progress)
    collection.calibrate(progress=progress)
    seconds = time.perf_counter() - begun
    words = list(searches) or _from_passages(collection)
    evaluation = None if labelled is None else evaluate(collection, labelled, METHODS, learn_from="automatic")
    return ModelCompared(
        encoder.name,
        encoder.dimension,
        seconds,
        _distance(collection),
        collection.gain(),
        evaluation,
        tuple((each, collection.compare(each, HITS)) for each in words),
    )


def _distance(collection: Collection) -> float | None:
    pictures, texts = (
        collection.vectors[collection.modality == each.value] for each in (Modality.IMAGE, Modality.TEXT)
    )
    return centroid_distance(pictures, texts) if len(pictures) and len(texts) else None


def _from_passages(collection: Collection) -> list[str]:
    passages = [item.text for item in collection.items if item.text]
    step = max(1, len(passages) // SEARCHES)
    return [first_sentence(passage) for passage in passages[::step]][:SEARCHES]


def _ids(hits: Sequence[Any]) -> list[str]:
    return [hit.id for hit in hits]
