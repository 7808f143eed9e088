"""Query vectors of another model are named, and those of the same model on other subjects are not."""

import numpy as np
import pytest

from modgap.calibration.foreign_queries import foreign_query_warnings
from modgap.engines.exact import ExactEngine
from modgap.vectors import Vectors, unit_vectors
from tests.engines.mock_engine import MockEngine

D = 256


def space(seed: int, n: int, *, subjects: int = 0) -> tuple[Vectors, Vectors]:
    """(pictures, texts) (n, d) of a made model: a cone of each modality, at a cosine of about 0.3, and subjects.

    seed: of the model. subjects: seed of what the items show.
    """
    model, items = np.random.default_rng(seed), np.random.default_rng(100 + subjects)
    cones, shown = model.normal(size=(2, D)) + 0.7 * model.normal(size=D), model.normal(size=(12, D))
    about = items.normal(size=(n, 12)) @ shown
    return tuple(  # type: ignore[return-value]
        unit_vectors(8 * cone + about + items.normal(scale=0.5, size=(n, D))) for cone in cones
    )


def engine_of(pictures: Vectors, texts: Vectors) -> ExactEngine:
    groups = np.repeat(["image", "text"], [len(pictures), len(texts)])
    return ExactEngine(np.concatenate([pictures, texts]), groups)


@pytest.mark.parametrize("side", [0, 1])
def test_the_same_model_on_other_subjects_is_not_named(side: int) -> None:
    engine = engine_of(*space(1, 80))
    for subjects in range(5):
        assert foreign_query_warnings(engine, space(1, 60, subjects=subjects)[side]) == []


@pytest.mark.parametrize("side", [0, 1])
def test_another_model_of_the_same_width_is_named_with_both_numbers(side: int) -> None:
    engine = engine_of(*space(1, 80))
    for seed in range(2, 7):
        (warning,) = foreign_query_warnings(engine, space(seed, 60)[side], name="q.npz")
        assert warning.startswith("q.npz are probably of another model than the corpus: their best cosines are ")


def test_random_vectors_are_named_by_an_engine_that_keeps_its_vectors() -> None:
    pictures, texts = space(1, 80)
    items = np.concatenate([pictures, texts])
    engine = MockEngine(items, ["image"] * 80 + ["text"] * 80)
    assert foreign_query_warnings(engine, unit_vectors(np.random.default_rng(0).normal(size=(50, D)))) != []


def test_real_encoders_are_told_apart(clip_vectors) -> None:
    with np.load(clip_vectors / "coco500_pairs.npz") as pairs:
        b16 = unit_vectors(pairs["image"]), unit_vectors(pairs["text"])
    with np.load(clip_vectors / "flickr8k_vitb32_queries.npz") as queries:
        b32 = unit_vectors(queries["vectors"])
    engine = engine_of(b16[0][:250], b16[1][:250])
    assert foreign_query_warnings(engine, b16[1][250:]) == []
    assert foreign_query_warnings(engine, b16[0][250:]) == []
    assert foreign_query_warnings(engine, b32) != []


def test_too_few_queries_or_items_or_one_modality_say_nothing() -> None:
    pictures, texts = space(1, 80)
    foreign = space(2, 60)[1]
    assert foreign_query_warnings(engine_of(pictures, texts), foreign[:4]) == []
    assert foreign_query_warnings(engine_of(pictures[:3], texts), foreign) == []
    assert foreign_query_warnings(ExactEngine(texts, ["text", "licences"] * 40), foreign) == []
