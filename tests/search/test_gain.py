"""What calibration changes, in a sentence: counted by hand on few items, and with no labels."""

from __future__ import annotations

import numpy as np
import pytest

import modgap
from modgap.errors import CalibrationError
from modgap.metrics.sample_statistics import Interval
from modgap.search.gain import MOST_QUERIES, Gain
from modgap.vectors import unit_vectors


def gapped(n: int, seed: int = 0) -> tuple[list[str], list[str], np.ndarray]:
    """n texts and n pictures of the same things, the pictures turned away from texts."""
    random = np.random.default_rng(seed)
    things = random.standard_normal((n, 16))
    away = np.zeros(16)
    away[0] = 6.0
    vectors = unit_vectors(np.vstack([things + away, things - away]))
    return [f"i{row}" for row in range(2 * n)], ["text"] * n + ["image"] * n, vectors


@pytest.fixture
def collection() -> modgap.Collection:
    return modgap.Collection.from_vectors(*gapped(60))


def queries(n: int) -> np.ndarray:
    random = np.random.default_rng(5)
    away = np.zeros(16)
    away[0] = 6.0
    return unit_vectors(random.standard_normal((n, 16)) + away)


def test_it_is_what_searches_show(collection: modgap.Collection) -> None:
    asked = queries(40)
    collection.calibrate(asked)
    gain = collection.gain(k=5)
    assert gain is not None
    shown = {
        method: [sum(hit.modality == "image" for hit in collection.search(q, 5, method=method)) for q in asked]
        for method in ("raw", "calibrated")
    }
    assert (gain.queries, gain.group, gain.k) == (40, "image", 5)
    assert gain.before == sum(places > 0 for places in shown["raw"]) == 0
    assert gain.after == sum(places > 0 for places in shown["calibrated"]) > 20
    assert gain.places == pytest.approx(np.mean(shown["calibrated"]))
    assert gain.interval.low < gain.after / 40 <= gain.interval.high


def test_many_queries_are_sampled_evenly(collection: modgap.Collection) -> None:
    collection.calibrate(queries(1000))
    gain = collection.gain()
    assert gain is not None
    assert gain.queries == MOST_QUERIES


def test_there_is_none_without_the_queries(collection: modgap.Collection) -> None:
    calibration = collection.calibrate(queries(40))
    again = modgap.Collection.from_vectors(*gapped(60))
    again.use(calibration)
    assert again.gain() is None
    with pytest.raises(CalibrationError):
        modgap.Collection.from_vectors(*gapped(60)).gain()


@pytest.mark.parametrize(
    ("gain", "words"),
    [
        (Gain(50, "image", 10, 5, 50, Interval(0.93, 1.0), 4.0), "100 % now show a picture among the first 10"),
        (Gain(50, "image", 10, 5, 50, Interval(0.93, 1.0), 4.0), "by raw cosine 10 %; 4.0 of the 10 are pictures."),
        (Gain(50, "licences", 3, 0, 25, Interval(0.4, 0.6), 1.0), 'now show one of "licences" among the first 3'),
    ],
)
def test_the_sentence(gain: Gain, words: str) -> None:
    assert words in gain.sentence
