"""A calibration of another corpus: what is said of it, and what is only chance."""

from dataclasses import replace

import numpy as np
import pytest

from modgap.calibration.foreign import changed_corpus, distant_means
from modgap.engines.exact import ExactEngine
from modgap.errors import CalibrationError
from modgap.search.collection import Collection

TWO = {"text": 2, "image": 2}


def corpus(*, n: int = 30, pictures_at: float = 4.0, seed: int = 0, model: str = "vectors") -> Collection:
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(2 * n, 6))
    vectors[n:, 0] += pictures_at
    ids = [f"t{row}" for row in range(n)] + [f"i{row}" for row in range(n)]
    return Collection.from_vectors(ids, ["text"] * n + ["image"] * n, vectors, model=model)


def queries(seed: int = 9) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(20, 6))


@pytest.mark.parametrize(
    ("then", "now", "counted"),
    [
        ({"text": 120, "image": 43}, {"text": 120, "image": 50}, "43 pictures and 120 passages then, 50 and 120 now"),
        (TWO, TWO, "2 pictures and 2 passages then and now, but not the same ones"),
        (
            TWO,
            {"text": 2, "image": 2, "map": 3},
            '2 pictures and 2 passages then, 2 pictures, 2 passages and 3 items of "map" now',
        ),
    ],
)
def test_the_warning_counts_items_then_and_now(then: dict[str, int], now: dict[str, int], counted: str) -> None:
    assert f"another state of this corpus ({counted})" in changed_corpus(then, now)


def test_means_beyond_chance_by_hand() -> None:
    # of 2 unit vectors each with ||m||^2 = .64: e = sqrt(2 x .36 / 1) = .849, so that 3 e is beyond any distance
    a, b = np.asarray([0.8, 0]), np.asarray([-0.8, 0])
    assert distant_means({"text": a}, {"text": b}, TWO, TWO) == []
    # of 37 each: e = sqrt(2 x .36 / 36) = .1414, 3 e = .424, and 1.6 is beyond it
    many = {"text": 37}
    [warning] = distant_means({"text": a}, {"text": b}, many, many)
    assert "passages lies 1.60 from the calibrated one, and chance explains 0.42 at most" in warning
    # .42 apart is within it, .43 is not
    for apart, warned in ((0.42, False), (0.44, True)):
        other = np.asarray([0.8 * np.cos(angle := 2 * np.arcsin(apart / 1.6)), 0.8 * np.sin(angle)])
        assert bool(distant_means({"text": a}, {"text": other}, many, many)) is warned


def test_a_group_of_one_item_and_groups_of_one_side_only_are_left_out() -> None:
    mean, other = np.asarray([1.0, 0]), np.asarray([0, 1.0])
    assert distant_means({"text": mean}, {"text": other}, {"text": 1}, {"text": 500}) == []
    assert distant_means({"query.text": mean, "map": mean}, {"text": other}, {}, {"text": 9}) == []


def test_samples_of_one_source_are_seldom_called_foreign() -> None:
    rng = np.random.default_rng(1)
    alarms = 0
    for _ in range(300):
        samples = rng.normal(size=(2, 20, 3)) + np.asarray([3, 0, 0])
        samples /= np.linalg.norm(samples, axis=2, keepdims=True)
        means = samples.mean(axis=1)
        alarms += bool(distant_means({"text": means[0]}, {"text": means[1]}, {"text": 20}, {"text": 20}))
    assert alarms <= 3


def test_a_calibration_of_this_very_corpus_is_used_without_a_word() -> None:
    collection = corpus()
    calibration = collection.calibrate(queries())
    again = corpus()
    again.use(calibration, strict=True)
    assert again.calibration_warnings == []


def test_a_calibration_of_fewer_items_warns_until_the_corpus_is_calibrated() -> None:
    calibration = corpus(model="a").calibrate(queries())
    grown = corpus(n=40, model="a")
    grown.use(calibration)
    [warning] = grown.calibration_warnings
    assert "another state of this corpus (30 pictures and 30 passages then, 40 and 40 now)" in warning
    assert grown.search(queries()[0])[0].z is not None
    grown.calibrate(queries())
    assert grown.calibration_warnings == []


def test_strict_refuses_it_and_leaves_the_collection_as_it_was() -> None:
    grown = corpus(n=40)
    with pytest.raises(CalibrationError, match="another state of this corpus"):
        grown.use(corpus().calibrate(queries()), strict=True)
    assert (grown.calibration, grown.calibration_warnings) == (None, [])


def test_vectors_without_a_name_whose_means_lie_elsewhere_are_named() -> None:
    calibration = corpus().calibrate(queries())
    same_source, other_model = corpus(seed=1), corpus(seed=1, pictures_at=-4.0)
    same_source.use(calibration)
    assert len(same_source.calibration_warnings) == 1
    other_model.use(calibration)
    assert "The mean vector of the pictures lies 1." in other_model.calibration_warnings[1]
    named = replace(calibration, model="a")
    other_named = corpus(seed=1, pictures_at=-4.0, model="a")
    other_named.use(named)
    assert len(other_named.calibration_warnings) == 1


def test_an_engine_without_means_is_asked_for_none(monkeypatch: pytest.MonkeyPatch) -> None:
    from modgap.errors import EngineError

    def refuse(engine: ExactEngine, group: str) -> np.ndarray:
        raise EngineError("no means here")

    calibration, other = corpus().calibrate(queries()), corpus(seed=1, pictures_at=-4.0)
    monkeypatch.setattr(ExactEngine, "mean", refuse)
    other.use(calibration)
    assert len(other.calibration_warnings) == 1
