"""Search by every method: the same ranking as the evaluation, from kept queries or from a file."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import modgap
from modgap.calibration import Calibration
from modgap.corpus import Queries, Query
from modgap.errors import CalibrationError, ModgapError
from modgap.evaluation import evaluate, runner
from modgap.items import Modality
from modgap.methods import METHODS, method_by_name
from modgap.search.collection import Collection

SEARCHED = [name for name in METHODS if name != "oracle"]
IN_ARTEFACT = [name for name in SEARCHED if method_by_name(name).in_artefact or not method_by_name(name).needs_fit]


@pytest.fixture
def collection() -> Collection:
    rng = np.random.default_rng(21)
    modality = np.where(np.arange(300) % 3 == 0, "image", "text")
    items = rng.normal(size=(300, 10)) + np.where(modality == "image", 1, -1)[:, None] * np.eye(10)[0]
    return Collection.from_vectors([f"d{i}" for i in range(300)], modality, items)


@pytest.fixture
def queries() -> Queries:
    vectors = np.random.default_rng(22).normal(size=(40, 10)).astype(np.float32)
    labelled = [Query(f"q{i}", relevant={f"d{i}": 1}) for i in range(40)]
    return Queries(labelled, np.full(40, "text"), vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


@pytest.mark.parametrize("name", [*SEARCHED, "gr_clip+minmax"])
def test_search_and_evaluation_rank_alike(name: str, collection, queries, monkeypatch) -> None:
    seen = []
    measure = runner.retrieval_metrics
    monkeypatch.setattr(
        runner, "retrieval_metrics", lambda rankings, labels: seen.append(rankings) or measure(rankings, labels)
    )
    evaluate(collection, queries, [name])
    collection.calibrate(queries)
    for query, ranking in zip(queries.vectors, seen[0], strict=True):
        hits = collection.search(query, k=20, method=name)
        assert [hit.id for hit in hits] == ranking
        assert all(a.value >= b.value for a, b in pairwise(hits))


@pytest.mark.parametrize("name", SEARCHED)
def test_score_z_and_fit_mean_the_same_whatever_the_method(name: str, collection, queries) -> None:
    collection.calibrate(queries)
    query = queries.vectors[0]
    everything = {hit.id: hit for hit in collection.search(query, k=300, method="standardized")}
    for hit in collection.search(query, k=10, method=name):
        expected = everything[hit.id]
        assert (hit.score, hit.z, hit.fit) == pytest.approx((expected.score, expected.z, expected.fit), abs=1e-5)
        assert list(hit.as_dict()) == ["rank", "id", "modality", "score", "z", "fit"]


@pytest.mark.parametrize("name", IN_ARTEFACT)
def test_a_file_is_enough_for_methods_that_it_carries(name: str, collection, queries, tmp_path: Path) -> None:
    path = collection.calibrate(queries).save(tmp_path / "c.json")
    before = [hit.id for hit in collection.search(queries.vectors[0], method=name)]
    other = Collection(collection.items, collection.vectors)
    other.use(Calibration.load(path))
    assert [hit.id for hit in other.search(queries.vectors[0], method=name)] == before


@pytest.mark.parametrize("name", ["nnn", "i0t_post+standardized"])
def test_other_methods_say_what_a_file_lacks(name: str, collection, queries) -> None:
    collection.use(collection.calibrate(queries))
    with pytest.raises(CalibrationError, match="learns from the calibration queries themselves"):
        collection.search(queries.vectors[0], method=name)


def test_means_that_are_missing_are_named(collection, queries, tmp_path: Path) -> None:
    path = collection.calibrate(queries).save(tmp_path / "c.json")
    document = json.loads(path.read_text(encoding="utf-8"))
    collection.use(Calibration.from_json({**document, "arrays": {}}))
    with pytest.raises(CalibrationError, match=r"keep the \.safetensors file"):
        collection.search(queries.vectors[0], method="gr_clip")


def test_the_oracle_is_not_for_search(collection, queries) -> None:
    for name in ("oracle", "i0t_post+oracle"):
        with pytest.raises(CalibrationError, match="learns from labels"):
            collection.search(queries.vectors[0], method=name)


def test_a_new_calibration_is_learnt_from_anew(collection, queries) -> None:
    collection.calibrate(queries)
    first = [hit.value for hit in collection.search(queries.vectors[0], method="nnn")]
    collection.calibrate(queries.vectors[:5])
    assert [hit.value for hit in collection.search(queries.vectors[0], method="nnn")] != first


@pytest.mark.parametrize("name", ["raw", "per_query_z", "dbsf", "rrf"])
def test_methods_that_learn_nothing_need_no_calibration(name: str) -> None:
    only = Collection.from_vectors(["a", "b"], ["image", "image"], np.eye(2))
    assert [hit.id for hit in only.search(np.asarray([0.2, 1.0]), method=name)] == ["b", "a"]
    assert only.calibration is None


@pytest.mark.parametrize("name", [name for name in SEARCHED if method_by_name(name).needs_fit])
def test_methods_that_learn_need_both_modalities(name: str) -> None:
    only = Collection.from_vectors(["a", "b"], ["image", "image"], np.eye(2))
    with pytest.raises(CalibrationError, match="no gap to close"):
        only.search(np.asarray([0.0, 1.0]), method=name)


@pytest.mark.parametrize("name", SEARCHED)
def test_an_item_as_query_never_finds_itself_nor_too_much(name: str, collection, queries) -> None:
    collection.calibrate(queries)
    for row in (0, 1):  # a picture and a passage
        hits = collection.search(collection.items[row], k=1000, method=name)
        assert len(hits) == 299
        assert collection.items[row].id not in {hit.id for hit in hits}


def test_pictures_as_queries_are_learnt_apart(collection, queries) -> None:
    collection.calibrate(queries)
    by_words, by_picture = (
        collection._searcher._ranker(method_by_name("i0t_post"), m).method for m in ("text", "image")
    )
    assert by_words.query_modality_ is Modality.TEXT
    assert by_picture.query_modality_ is Modality.IMAGE


@pytest.mark.parametrize("name", SEARCHED)
def test_which_methods_put_pictures_first_on_real_clip_vectors(name: str, clip_vectors: Path) -> None:
    collection = Collection.encode(modgap.read_corpus(clip_vectors / "flickr8k_vitb32_corpus.npz"))
    asked = modgap.read_queries(clip_vectors / "flickr8k_vitb32_queries.npz")
    collection.calibrate(asked)
    first = [collection.search(vector, k=1, method=name)[0].modality for vector in asked.vectors]
    pictures = sum(modality is Modality.IMAGE for modality in first)
    # half of 50 queries want a picture; dn and nnn take away a part of the offset between the modalities by design
    assert pictures < 10 if name in ("raw", "dn", "nnn") else pictures >= 10


def test_unknown_names_list_the_known_ones(collection) -> None:
    with pytest.raises(ModgapError, match="Known: raw, standardized"):
        collection.search(np.ones(10), method="magic")
