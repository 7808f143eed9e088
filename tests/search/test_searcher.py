"""Search by every method: the same ranking as the evaluation, from kept queries or from a file, and at what cost."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import modgap
from modgap.calibration import Calibration
from modgap.corpus import Queries, Query
from modgap.engines.exact import ExactEngine
from modgap.errors import CalibrationError, ModgapError
from modgap.evaluation import evaluate, runner
from modgap.items import Item, Modality
from modgap.methods import METHODS, method_by_name
from modgap.search.collection import Collection
from modgap.vectors import unit_vectors
from tests.engines.mock_engine import MockEngine

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
        assert list(hit.as_dict()) == ["rank", "id", "modality", "score", "value", "z", "fit"]


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


@pytest.mark.parametrize("name", ["raw", "per_query_z", "dbsf", "rrf", "relative_score"])
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


# --- how often the engine is searched ---------------------------------------------------------------------------


class Encoder:
    """Words that ask for something lie near the texts; words with shuffled letters lie anywhere."""

    name, dimension, cache, decode_side = "toy", 6, None, 8
    loaded, precision = True, "float32"

    def reads(self, text):
        return True

    def encode_texts(self, texts, *, progress=None):
        rows = [np.random.default_rng(sum(map(ord, text))).normal(size=6) for text in texts]
        near = np.asarray([3.0 if text.startswith("query") else 0.0 for text in texts])
        return unit_vectors(np.asarray(rows) - near[:, None] * np.eye(6)[0])

    encode_fixed_texts = encode_texts


WORDS = [f"query {n}" for n in range(30)]


@pytest.fixture
def by_words() -> tuple[Collection, Collection, MockEngine]:
    """The same corpus of three groups in memory and in an engine of its own, with a no-match test for words."""
    groups = ["text", "image", "table"] * 8
    apart = np.where(np.asarray(groups) == "image", 2.0, -2.0)
    vectors = unit_vectors(np.random.default_rng(41).normal(size=(24, 6)) + apart[:, None] * np.eye(6)[0])
    items = [Item(f"d{row}", Modality.from_group(g), text=f"Item {row}.", group=g) for row, g in enumerate(groups)]
    engine = MockEngine(vectors, groups)
    local = Collection(items, vectors, encoder=Encoder())
    remote = Collection(items, np.full_like(vectors, np.nan), encoder=Encoder(), engine=engine)
    remote.use(local.calibrate(WORDS))
    return local, remote, engine


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The group of each top-k of an exact engine, as they come."""
    groups, top_k = [], ExactEngine.top_k

    def counted(self, queries, k, group, **options):
        groups.append(group)
        return top_k(self, queries, k, group, **options)

    monkeypatch.setattr(ExactEngine, "top_k", counted)
    return groups


@pytest.mark.parametrize("method", ["raw", "standardized", "minmax", "per_query_z"])
def test_words_are_judged_by_the_items_that_were_found_anyway(by_words, searched, method: str) -> None:
    local, _, _ = by_words
    assert local.calibration is not None
    assert local.calibration.evidence is not None
    local.search(WORDS[0], method=method)
    assert searched == ["text", "image", "table"]


def test_a_method_that_moves_vectors_searches_the_encoded_ones_once_more_for_the_verdict(by_words, searched) -> None:
    local, _, _ = by_words
    local.search(WORDS[0], method="i0t_post")
    assert searched == ["text", "image", "table"] * 2
    searched.clear()
    local.compare(WORDS[0], other="i0t_post")  # where the encoded ones were searched for the other lists already
    assert searched == ["text", "image", "table"] * 2


@pytest.mark.parametrize("method", ["raw", "standardized"])
def test_an_engine_alone_gives_the_same_verdicts(by_words, method: str) -> None:
    local, remote, engine = by_words
    verdicts = []
    for query in (*WORDS[:5], "zzz", "wkrp xq", "brrr"):
        engine.groups_searched()
        found, expected = (each.search(query, 6, method=method) for each in (remote, local))
        assert engine.groups_searched() == ["text", "image", "table"]
        assert [(hit.id, hit.good_match) for hit in found] == [(hit.id, hit.good_match) for hit in expected]
        verdicts.append(any(hit.good_match for hit in found))
    assert set(verdicts) == {True, False}


def test_a_comparison_by_words_is_one_top_k_of_each_group(by_words, searched) -> None:
    local, remote, engine = by_words
    found, expected = (each.compare(WORDS[1], 6) for each in (remote, local))
    assert engine.groups_searched() == searched == ["text", "image", "table"]
    assert [hit.good_match for hit in found.calibrated] == [hit.good_match for hit in expected.calibrated]


def test_words_that_the_model_cannot_read_have_no_good_match(collection, queries) -> None:
    collection.calibrate(queries)
    read = collection.encode_query(queries.vectors[0])
    assert any(hit.good_match for hit in collection.search(read, 5))
    unread = replace(read, readable=False)
    assert [hit.good_match for hit in collection.search(unread, 5)] == [False] * 5
    assert [hit.id for hit in collection.search(unread, 5)] == [hit.id for hit in collection.search(read, 5)]
    assert collection.compare(unread, 5).no_good_match
