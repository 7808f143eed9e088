"""Which queries a method is fitted on: held-out halves."""

import numpy as np

import modgap
from modgap.evaluation import evaluate
from modgap.evaluation.calibration_split import CalibrationSplit


def test_held_out_measures_every_query_once_by_the_other_half(collection, queries, monkeypatch) -> None:
    learnt = []
    fit = modgap.SimilarityStandardizer.fit_engine

    def spy(self, vectors, *rest, **named):
        learnt.append(np.asarray(vectors))
        return fit(self, vectors, *rest, **named)

    monkeypatch.setattr(modgap.SimilarityStandardizer, "fit_engine", spy)
    evaluation = evaluate(collection, queries, ["standardized", "oracle"], learn_from="held-out", seed=3)
    first, second = learnt[0], learnt[1]
    assert len(first) == len(second) == 20
    together = np.concatenate([first, second])
    assert sorted(map(bytes, together)) == sorted(map(bytes, queries.vectors))
    assert "held-out (one half" in evaluation.calibration_queries
    assert evaluation.values["oracle"]["recall@1"].shape == (40,)


def test_halves_do_not_follow_a_data_set_that_the_same_seed_has_drawn() -> None:
    queries = np.arange(1000)
    pictures = set(np.random.default_rng(0).permutation(1000)[:500].tolist())  # as the caption sets choose theirs
    for learnt, measured in CalibrationSplit("held-out", {}, halves=True, seed=0).folds(queries):
        assert set(learnt) | set(measured) == set(queries.tolist())
        assert not set(learnt) & set(measured)
        assert 200 < len(pictures & set(learnt.tolist())) < 300


def test_without_halves_every_query_is_fitted_on_and_measured() -> None:
    [(learnt, measured)] = CalibrationSplit("same", {}).folds(np.asarray([3, 5, 8]))
    assert learnt.tolist() == measured.tolist() == [3, 5, 8]
