"""What the tests of figures share."""

from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.figure import Figure

from modgap.calibration import Calibration, QuerySource, ScoreStatistics
from modgap.items import Modality
from modgap.search.collection import Collection


@pytest.fixture
def words() -> Callable[[Figure], str]:
    """Everything that is written in a figure."""

    def all_words(figure: Figure) -> str:
        return " ".join(text.get_text() for text in figure.findobj(lambda each: hasattr(each, "get_text")))

    return all_words


@pytest.fixture
def calibration_of() -> Callable[..., Calibration]:
    """Makes a calibration with these best scores of items, by group."""
    return _calibration


def _calibration(**scores: list[float]) -> Calibration:
    statistics = {
        group: ScoreStatistics.from_scores(values, Modality.from_group(group)) for group, values in scores.items()
    }
    return Calibration(
        model="m",
        dimension=2,
        counts=dict.fromkeys(scores, 3),
        fingerprint="f",
        created="2026-01-01T00:00:00+00:00",
        parameters={"k": 1, "ddof": 0},
        queries={"text": QuerySource("given", len(next(iter(scores.values()))), "")},
        statistics={"text": statistics},
    )


@pytest.fixture
def collection() -> Collection:
    """30 texts and 30 pictures in 8 dimensions, the pictures shifted away."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(60, 8))
    vectors[30:, 0] += 4
    names = [f"{kind}{i}" for kind in "ti" for i in range(30)]
    return Collection.from_vectors(names, ["text"] * 30 + ["image"] * 30, vectors, model="toy")


@pytest.fixture
def calibration(collection: Collection) -> Calibration:
    return collection.calibrate(np.random.default_rng(1).normal(size=(40, 8)))
