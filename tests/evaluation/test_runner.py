"""The evaluation runner: hand-worked rankings, what it leaves out, and the paper's effect on real vectors."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import modgap
from modgap.corpus import Queries, Query, read_qrels, with_qrels
from modgap.errors import CorpusError, ModgapError
from modgap.evaluation import evaluate, runner
from modgap.metrics.retrieval import retrieval_metrics
from modgap.search.collection import Collection


@pytest.fixture
def collection(toy) -> Collection:
    _, items, modality = toy
    return Collection.from_vectors(["t0", "t1", "i0", "i1"], modality, items)


@pytest.fixture
def queries(toy) -> Queries:
    labelled = [Query("q0", relevant={"i0": 1}), Query("q1", relevant={"t1": 1})]
    return Queries(labelled, np.asarray(["text", "text"]), toy[0])


def test_metrics_by_hand(collection: Collection, queries: Queries) -> None:
    evaluation = evaluate(collection, queries, ["raw", "standardized"])
    # q0 raw: t0 1.0, i0 0.4; q1 raw: t1 .8 first. z of q0: t0 1, i0 1, a tie that rows break
    raw = evaluation.methods["raw"]
    assert raw["image"]["recall@1"] == 0.0
    assert raw["image"]["mrr@10"] == 0.5
    assert raw["text"]["recall@1"] == 1.0
    assert raw["all"]["recall@1"] == 0.5
    assert evaluation.targets == {"image": 1, "text": 1, "both": 0}
    assert "without their labels" in evaluation.calibration_queries


def test_unlabelled_queries_and_unknown_ids_are_noted(collection: Collection, queries: Queries) -> None:
    more = [*queries.queries, Query("q2"), Query("q3", relevant={"gone": 1, "t0": 1})]
    vectors = np.concatenate([queries.vectors, queries.vectors])
    evaluation = evaluate(collection, Queries(more, np.asarray(["text"] * 4), vectors), ["raw"])
    assert evaluation.queries == 3
    assert "1 queries have no label" in evaluation.notes[0]
    assert '"gone"' in evaluation.notes[1]


def test_a_method_that_cannot_be_fitted_is_left_out_with_its_reason(collection: Collection, queries: Queries) -> None:
    evaluation = evaluate(collection, queries, ["raw", "oracle"])
    assert list(evaluation.methods) == ["raw"]
    assert "oracle was left out" in evaluation.notes[0]


def test_nothing_labelled_and_unknown_methods_are_errors(collection: Collection, queries: Queries) -> None:
    bare = replace(queries, queries=[Query("q0"), Query("q1")])
    with pytest.raises(CorpusError, match="No query is labelled"):
        evaluate(collection, bare)
    foreign = replace(queries, queries=[Query("q0", relevant={"x": 1}), Query("q1")])
    with pytest.raises(CorpusError, match="None of the relevant ids"):
        evaluate(collection, foreign)
    with pytest.raises(ModgapError, match="no method"):
        evaluate(collection, queries, ["magic"])


def test_labels_never_reach_a_method_that_needs_none(collection: Collection, queries: Queries, monkeypatch) -> None:
    seen = []

    def rank_and_record(rankings, relevant):
        seen.append(rankings)
        return retrieval_metrics(rankings, relevant)

    monkeypatch.setattr(runner, "retrieval_metrics", rank_and_record)
    swapped = [Query("q0", relevant={"t1": 1}), Query("q1", relevant={"i0": 1})]
    evaluate(collection, queries, ["standardized"])
    evaluate(collection, replace(queries, queries=swapped), ["standardized"])
    assert seen[0] == seen[1]


def test_methods_can_learn_from_other_queries(collection: Collection, queries: Queries) -> None:
    other = np.asarray([[0.6, 0, 0.8], [0, 0.6, 0.8], [0.1, 0.1, 1]])
    evaluation = evaluate(collection, queries, ["standardized"], learn_from=other)
    assert evaluation.calibration_queries == "given (3 text)"
    automatic = evaluate(collection, queries, ["raw"], learn_from="automatic")
    assert automatic.calibration_queries.startswith("automatic")


def test_standardization_brings_pictures_up_on_real_clip_vectors(clip_vectors: Path) -> None:
    collection = Collection.encode(modgap.read_corpus(clip_vectors / "flickr8k_vitb32_corpus.npz"))
    queries = with_qrels(
        modgap.read_queries(clip_vectors / "flickr8k_vitb32_queries.npz"),
        read_qrels(clip_vectors / "flickr8k_vitb32_qrels.tsv"),
    )
    methods = evaluate(collection, queries).methods
    assert methods["raw"]["image"]["recall@1"] == 0.0
    assert methods["standardized"]["image"]["recall@1"] == 0.84
    assert methods["oracle"]["all"]["recall@1"] == pytest.approx(0.8)
