"""I0T_async as a method: normalisers given, brought by a file, or trained on the spot."""

from pathlib import Path

import numpy as np
import pytest

from modgap.calibration import Calibration
from modgap.corpus import Queries, Query
from modgap.errors import CalibrationError, NotFittedError
from modgap.evaluation import evaluate
from modgap.methods import I0TAsync, SimilarityStandardizer, method_by_name
from modgap.methods.i0t.training import TrainingSettings, train
from modgap.search.collection import Collection
from modgap.vectors import unit_vectors


@pytest.fixture(scope="module")
def space() -> dict[str, np.ndarray]:
    """A gap of two modalities: 60 pictures, 80 texts, 50 queries that are views of pictures or of texts."""
    rng = np.random.default_rng(8)
    meaning = rng.normal(size=(140, 12))
    modality = np.asarray(["image"] * 60 + ["text"] * 80)
    shift = 3 * np.where(modality == "image", 1, -1)[:, None] * np.eye(12)[0]
    queries = meaning[rng.permutation(140)[:50]] + 0.5 * rng.normal(size=(50, 12)) - 3 * np.eye(12)[0]
    return {"items": unit_vectors(meaning + shift), "modality": modality, "queries": unit_vectors(queries)}


@pytest.fixture(scope="module")
def normalisers(space):
    images, texts = space["items"][:60], space["items"][60:120]
    return train(images, texts, TrainingSettings(rounds=2, batch=32), model="vectors").normalisers


@pytest.fixture
def collection(space) -> Collection:
    return Collection.from_vectors([f"d{i}" for i in range(140)], space["modality"], space["items"])


def test_without_normalisers_it_trains_on_pseudo_positives(space) -> None:
    fit = (space["queries"], space["items"], space["modality"])
    method = I0TAsync().fit(*fit)
    moved = method.move_items(space["items"], space["modality"])

    assert np.linalg.norm(moved, axis=1) == pytest.approx(np.ones(140), abs=1e-5)
    assert method.normalisers_.origin.startswith("50 pseudo-pairs")
    shuffled = I0TAsync().fit(space["queries"][::-1], space["items"], space["modality"])
    assert np.array_equal(shuffled.normalisers_.image.mean, method.normalisers_.image.mean)


def test_it_trains_for_pictures_as_queries_too(space) -> None:
    method = I0TAsync().fit(space["items"][:60], space["items"], space["modality"], query_modality="image")
    picture = space["items"][:1]
    assert method.move_queries(picture) == pytest.approx(method.normalisers_.image(picture))


def test_where_queries_are_too_few_the_corpus_pairs_its_own_items(space) -> None:
    method = I0TAsync().fit(space["queries"][:20], space["items"], space["modality"])
    assert method.normalisers_.origin.startswith("80 pseudo-pairs")  # each text beside its nearest picture


def test_too_small_a_corpus_is_refused_and_an_unfitted_method_says_so(space) -> None:
    small = slice(40, 80)  # 20 pictures, 20 texts
    with pytest.raises(CalibrationError, match="20 pairs, and I0T_async learns from 32"):
        I0TAsync().fit(space["queries"][:20], space["items"][small], space["modality"][small])
    with pytest.raises(NotFittedError, match="no normalisers yet"):
        I0TAsync().move_items(space["items"], space["modality"])


def test_a_single_item_moves_as_it_would_among_all_which_centring_cannot(space, normalisers) -> None:
    items, modality = space["items"], space["modality"]
    method = I0TAsync(normalisers)
    assert method.move_items(items[:1], modality[:1]) == pytest.approx(method.move_items(items, modality)[:1], abs=1e-6)
    with pytest.raises(CalibrationError, match="mean vector"):
        method_by_name("i0t_post").fit(space["queries"], items[:1], modality[:1])


def test_a_stack_standardizes_what_was_normalised(space, normalisers) -> None:
    stack = method_by_name("i0t_async+standardized", normalisers)
    fit = (space["queries"], space["items"], space["modality"])
    moved = normalisers.text(space["queries"]), I0TAsync(normalisers).move_items(*fit[1:])
    expected = SimilarityStandardizer().fit(*moved, space["modality"]).transform(moved[0] @ moved[1].T, fit[2])
    assert stack.fit(*fit).score(*fit) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("name", ["i0t_async", "i0t_async+standardized"])
@pytest.mark.parametrize("asked", ["words", "picture"])
def test_a_calibration_file_carries_all_that_search_needs(
    collection, space, normalisers, name, asked, tmp_path: Path
) -> None:
    collection.use_normalisers(normalisers)
    collection.calibrate(space["queries"]).save(tmp_path / "c.json")
    query = space["queries"][3] if asked == "words" else collection.items[5]
    fresh = Collection(collection.items, collection.vectors)
    fresh.use(Calibration.load(tmp_path / "c.json"))

    here, there = collection.search(query, method=name), fresh.search(query, method=name)
    assert [hit.id for hit in there] == [hit.id for hit in here]
    assert [hit.value for hit in there] == pytest.approx([hit.value for hit in here], abs=1e-4)


def test_a_file_without_normalisers_says_what_to_do(collection, space, tmp_path: Path) -> None:
    collection.calibrate(space["queries"]).save(tmp_path / "c.json")
    assert "after" not in Calibration.load(tmp_path / "c.json").to_json()
    fresh = Collection(collection.items, collection.vectors)
    fresh.use(Calibration.load(tmp_path / "c.json"))
    for name in ("i0t_async", "i0t_async+standardized"):
        with pytest.raises(CalibrationError, match="modgap train-async"):
            fresh.search(space["queries"][0], method=name)


def test_weights_of_another_model_or_dimension_are_refused(space, normalisers) -> None:
    other = Collection.from_vectors(["a", "b"], ["text", "image"], space["items"][58:60], model="other")
    with pytest.raises(CalibrationError, match='"vectors" and this is "other"'):
        other.use_normalisers(normalisers)
    with pytest.raises(CalibrationError, match="for 12-dimensional vectors and these have 11"):
        I0TAsync(normalisers).fit(space["queries"][:, :11], space["items"][:, :11], space["modality"])


def test_evaluation_takes_the_normalisers_of_the_collection(collection, space, normalisers) -> None:
    labelled = [Query(f"q{i}", relevant={f"d{40 + i}": 1}) for i in range(20)]
    queries = Queries(labelled, np.full(20, "text"), space["queries"][:20])
    small = Collection(collection.items[40:80], collection.vectors[40:80])  # too small to train on
    assert evaluate(small, queries, ["i0t_async"]).methods == {}
    small.use_normalisers(normalisers)
    assert list(evaluate(small, queries, ["i0t_async", "i0t_async+standardized"]).methods) == [
        "i0t_async",
        "i0t_async+standardized",
    ]


def test_a_third_group_takes_the_normaliser_of_its_modality(space, normalisers) -> None:
    items, groups = space["items"], space["modality"].astype("<U5")
    groups[:20], groups[60:80] = "scan", "table"
    for towers, of_scan in (({"scan": "image"}, normalisers.image), (None, normalisers.text)):
        method = I0TAsync(normalisers).fit(space["queries"], items, groups, group_modality=towers)
        moved = method.move_items(items, groups)
        assert moved[:20] == pytest.approx(of_scan(items[:20]))
        assert moved[20:60] == pytest.approx(normalisers.image(items[20:60]))
        assert moved[60:] == pytest.approx(normalisers.text(items[60:]))


def test_training_takes_the_best_item_of_all_groups_of_the_other_modality(space) -> None:
    groups = space["modality"].astype("<U5")
    groups[:30] = "scan"
    split = I0TAsync().fit(space["queries"], space["items"], groups, group_modality={"scan": "image"})
    whole = I0TAsync().fit(space["queries"], space["items"], space["modality"])
    assert np.array_equal(split.normalisers_.image.mean, whole.normalisers_.image.mean)
    with pytest.raises(CalibrationError, match="learns from pictures and texts, and this corpus has no pictures"):
        I0TAsync().fit(space["queries"], space["items"], np.where(groups == "text", "text", "table"))
