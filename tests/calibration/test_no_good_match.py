"""The no-match test by hand, and on queries that mean something and queries that mean nothing."""

import json
from dataclasses import asdict

import numpy as np
import pytest

from modgap.calibration.no_good_match import NoMatchTest, nonsense_queries
from modgap.calibration.queries import query_bank
from modgap.io.assets import asset_path


def test_evidence_by_hand() -> None:
    test = NoMatchTest(mean={"text": 0.5, "image": 0.0}, std={"text": 0.25, "image": 0.5}, threshold=1.0)
    means = {"query.text": np.zeros(2), "text": np.asarray([0.0, 1.0]), "image": np.zeros(2)}
    query = np.asarray([[1.0, 0.0]], dtype=np.float32)
    text, image = np.asarray([[0.6, 0.2]]), np.asarray([[0.6, 0.8]])
    # text: (0.6, -0.8) after its mean, cosine 0.6, (0.6 - 0.5) / 0.25 = 0.4; image: cosine 0.6, 0.6 / 0.5 = 1.2
    assert test.score(query, {"text": text, "image": image}, means).tolist() == pytest.approx([1.2])
    assert test.score(query, {"text": text}, means).tolist() == pytest.approx([0.4])


def test_four_in_five_meaningless_queries_stay_below_the_threshold() -> None:
    rng = np.random.default_rng(0)
    queries, nonsense = rng.normal(size=(50, 6)), rng.normal(size=(40, 6))
    means = {"query.text": queries.mean(axis=0), "text": np.zeros(6), "image": np.ones(6)}
    items, others = ({m: rng.normal(size=(n, 6)) for m in ("text", "image")} for n in (50, 40))
    test = NoMatchTest.fit(queries, items, nonsense, others, means)
    assert (test.score(nonsense, others, means) < test.threshold).mean() == pytest.approx(0.8)
    read = NoMatchTest.from_json(json.loads(json.dumps(asdict(test))))
    assert read == test


def test_three_groups_by_hand() -> None:
    test = NoMatchTest(
        mean={"text": 0.5, "image": 0.0, "table": 0.8},
        std=dict.fromkeys(("text", "image", "table"), 0.1),
        threshold=1.5,
    )
    means = {"query.text": np.zeros(2), "text": np.zeros(2), "image": np.zeros(2), "table": np.asarray([0.5, 0.0])}
    query = np.asarray([1.0, 0.0], dtype=np.float32)
    best = {"text": np.asarray([0.6, 0.8]), "image": np.asarray([-0.8, 0.6]), "table": np.asarray([1.1, 0.1])}
    # text (.6 - .5) / .1 = 1; image -8; table (.6, .1) after its mean: cosine .6 / sqrt(.37) = .98639, 1.8639
    many = {group: vector[None, :] for group, vector in best.items()}
    assert test.score(query[None, :], many, means) == pytest.approx([1.8639], abs=1e-3)
    assert test.has_match(query, best, means)
    assert not test.has_match(query, {group: best[group] for group in ("text", "image")}, means)


def test_three_groups_are_learnt_and_come_back() -> None:
    rng = np.random.default_rng(1)
    groups = ("text", "image", "table")
    queries, nonsense = rng.normal(size=(50, 6)), rng.normal(size=(40, 6))
    means = {"query.text": np.zeros(6), **{group: rng.normal(size=6) for group in groups}}
    items, others = ({group: rng.normal(size=(n, 6)) for group in groups} for n in (50, 40))
    test = NoMatchTest.fit(queries, items, nonsense, others, means)
    assert test.mean.keys() == test.std.keys() == set(groups)
    centred = items["table"] - means["table"]
    cosines = (queries * centred).sum(axis=1) / np.linalg.norm(queries, axis=1) / np.linalg.norm(centred, axis=1)
    assert (test.mean["table"], test.std["table"]) == (pytest.approx(cosines.mean()), pytest.approx(cosines.std()))
    assert (test.score(nonsense, others, means) < test.threshold).mean() == pytest.approx(0.8)
    assert NoMatchTest.from_json(json.loads(json.dumps(asdict(test)))) == test


def test_meaningless_queries_keep_their_letters_and_their_seed() -> None:
    bank = query_bank()
    shuffled = nonsense_queries(bank)
    assert shuffled == nonsense_queries(bank)
    assert [sorted(q) for q in shuffled] == [sorted(q) for q in bank]
    assert sum(a == b for a, b in zip(shuffled, bank, strict=True)) < 5


def test_on_the_sample_meaningless_queries_end_without_a_good_match_more_often_than_real_ones() -> None:
    import modgap
    from modgap.items import no_good_match

    corpus = modgap.read_corpus(asset_path("sample", "corpus"))
    collection = modgap.Collection.encode(corpus, modgap.load_encoder(device="cpu"))
    collection.calibrate()
    real = [q.text or "" for q in modgap.read_queries(asset_path("sample", "queries.jsonl")).queries]
    unseen = nonsense_queries(query_bank()[1::2])  # the threshold was learnt from the other half
    refused = [np.mean([no_good_match(collection.search(text)) for text in texts]) for texts in (unseen, real)]
    assert refused[0] > 0.6
    assert refused[1] < 0.4
