"""Similarity standardization: by hand, against scipy, and its laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from modgap.errors import CalibrationError, ModgapError, NotFittedError
from modgap.methods import OracleStandardizer, SimilarityStandardizer, method_by_name

seeds = st.integers(0, 2**32 - 1)


def random_case(seed: int, n_queries: int = 5, n_items: int = 12):
    rng = np.random.default_rng(seed)
    modality = np.asarray(["text", "image"] * (n_items // 2))
    return rng.normal(size=(n_queries, 6)), rng.normal(size=(n_items, 6)), modality


def test_by_hand(toy) -> None:
    fitted = SimilarityStandardizer().fit(*toy)
    # best texts 1.0 and 0.8, best pictures 0.4 and 0.2
    assert fitted.mean_ == {"text": pytest.approx(0.9), "image": pytest.approx(0.3)}
    assert fitted.std_ == {"text": pytest.approx(0.1), "image": pytest.approx(0.1)}
    queries, items, modality = toy
    z = fitted.transform(queries @ items.T, modality)
    assert z == pytest.approx(np.asarray([[1, -9, 1, -2], [-9, -1, -3, -1]]), abs=1e-5)


def test_mean_of_the_best_two_by_hand(toy) -> None:
    fitted = SimilarityStandardizer(k=2).fit(*toy)
    assert fitted.mean_ == {"text": pytest.approx(0.45), "image": pytest.approx(0.175)}


@given(seeds, st.sampled_from([0, 1]))
def test_statistics_and_scores_agree_with_scipy(seed: int, ddof: int) -> None:
    queries, items, modality = random_case(seed)
    unit = [v / np.linalg.norm(v, axis=1, keepdims=True) for v in (queries, items)]
    scores = unit[0] @ unit[1].T
    fitted = SimilarityStandardizer(ddof=ddof).fit(queries, items, modality)
    z = fitted.transform(scores, modality)
    for kind in ("text", "image"):
        best = scores[:, modality == kind].max(axis=1)
        expected = stats.zmap(scores[:, modality == kind], best, ddof=ddof)
        assert z[:, modality == kind] == pytest.approx(expected, rel=1e-3, abs=1e-3)


@given(seeds)
def test_order_inside_a_modality_never_changes(seed: int) -> None:
    queries, items, modality = random_case(seed)
    scores = (queries @ items.T).astype(np.float32)
    z = SimilarityStandardizer().fit(queries, items, modality).transform(scores, modality)
    for kind in ("text", "image"):
        inside = modality == kind
        assert np.argsort(scores[:, inside], kind="stable").tolist() == np.argsort(z[:, inside], kind="stable").tolist()


@given(seeds, st.floats(0.1, 10), st.floats(-1, 1))
def test_z_is_blind_to_an_affine_change_of_one_modality(seed: int, a: float, b: float) -> None:
    rng = np.random.default_rng(seed)
    modality = np.asarray(["text", "image"] * 5)
    scores = rng.uniform(-1, 1, size=(6, 10))
    changed = np.where(modality == "image", a * scores + b, scores)

    def z(s: np.ndarray) -> np.ndarray:
        best = {m: s[:, modality == m].max(axis=1) for m in ("text", "image")}
        return SimilarityStandardizer().fit_scores(best).transform(s, modality)

    assert z(changed) == pytest.approx(z(scores), rel=2e-3, abs=2e-3)


@given(seeds)
def test_the_order_of_items_and_queries_does_not_matter(seed: int) -> None:
    queries, items, modality = random_case(seed)
    rng = np.random.default_rng(seed)
    i, q = rng.permutation(len(items)), rng.permutation(len(queries))
    straight = SimilarityStandardizer().fit(queries, items, modality)
    shuffled = SimilarityStandardizer().fit(queries[q], items[i], modality[i])
    assert shuffled.mean_ == pytest.approx(straight.mean_)
    assert shuffled.std_ == pytest.approx(straight.std_)


def test_transform_before_fit_says_so() -> None:
    with pytest.raises(NotFittedError, match="call fit"):
        SimilarityStandardizer().transform([[0.1]], ["text"])


@pytest.mark.parametrize(
    ("queries", "items", "modality", "message"),
    [
        (np.empty((0, 2)), [[1, 0], [0, 1]], ["text", "image"], "no query to learn from"),
        ([[1, 0]], [[1, 0], [0, 1]], ["text", "image"], "Only 1 query"),
        ([[1, 0], [0, 1]], [[1, 0], [3, 4]], ["text", "text"], "no pictures"),
        ([[1, 0], [0, 1]], [[1, 0], [0, 1]], ["image", "image"], "no passages"),
        ([[1, 0], [1, 0]], [[1, 0], [0, 1]], ["text", "image"], "no deviation"),
        ([[1, 0, 0], [0, 1, 0]], [[1, 0], [0, 1]], ["text", "image"], "3 dimensions and items 2"),
        ([[0, 0], [0, 1]], [[1, 0], [0, 1]], ["text", "image"], "all zeros"),
    ],
)
def test_what_cannot_be_learnt_from_is_named(queries, items, modality, message: str) -> None:
    with pytest.raises(ModgapError, match=message):
        SimilarityStandardizer().fit(queries, items, modality)


def test_parameters_without_a_meaning_are_refused() -> None:
    for wrong in ({"k": 0}, {"ddof": 2}, {"ddof": -1}):
        with pytest.raises(CalibrationError, match=r"at least 1|0 or 1"):
            SimilarityStandardizer(**wrong)


def test_the_oracle_uses_the_labels_by_hand(toy) -> None:
    queries, items, modality = toy
    fitted = OracleStandardizer().fit(queries, items, modality, positives=[[0, 2], [1, 3]])
    assert fitted.mean_ == {"text": pytest.approx(0.9), "image": pytest.approx(0.3)}
    other = OracleStandardizer().fit(queries, items, modality, positives=[[0, 3], [0, 2]])
    assert other.mean_ == {"text": pytest.approx(0.5), "image": pytest.approx(0.05)}
    assert other.n_ == {"text": 2, "image": 2}


def test_the_oracle_without_labels_says_so(toy) -> None:
    with pytest.raises(CalibrationError, match="labels"):
        OracleStandardizer().fit(*toy)
    with pytest.raises(CalibrationError, match="No query is labelled with pictures"):
        OracleStandardizer().fit(*toy, positives=[[0], [1]])


def test_an_unknown_method_lists_the_known_ones() -> None:
    with pytest.raises(ModgapError, match="raw, standardized, calibrated, oracle"):
        method_by_name("magic")


def test_three_groups_by_hand(toy) -> None:
    queries, items, modality = toy
    tables = np.asarray([[0.6, 0, 0.8], [0, 0.2, np.sqrt(0.96)]], dtype=np.float32)
    three, groups = np.concatenate([items, tables]), np.asarray([*modality, "table", "table"])
    fitted = SimilarityStandardizer().fit(queries, three, groups)
    # best tables .6 and .2: mean .4, deviation .2; texts and pictures as with two groups
    assert fitted.mean_ == {"text": pytest.approx(0.9), "image": pytest.approx(0.3), "table": pytest.approx(0.4)}
    assert fitted.std_ == {"text": pytest.approx(0.1), "image": pytest.approx(0.1), "table": pytest.approx(0.2)}
    z = fitted.transform(queries @ three.T, groups)
    assert z == pytest.approx(np.asarray([[1, -9, 1, -2, 1, -2], [-9, -1, -3, -1, -2, -1]]), abs=1e-5)


def test_a_group_without_statistics_is_refused(toy) -> None:
    with pytest.raises(CalibrationError, match='learnt nothing of the group "table"'):
        SimilarityStandardizer().fit(*toy).transform([0.1, 0.2], ["text", "table"])


def test_the_oracle_learns_of_three_groups_by_hand() -> None:
    items = np.eye(3, dtype=np.float32)
    queries = np.asarray([[0.6, 0.8, 0], [0, 0.6, 0.8], [0.8, 0, 0.6]], dtype=np.float32)
    fitted = OracleStandardizer().fit(queries, items, ["text", "image", "table"], positives=[[0, 1], [1, 2], [0, 2]])
    assert fitted.mean_ == {"text": pytest.approx(0.7), "image": pytest.approx(0.7), "table": pytest.approx(0.7)}
    with pytest.raises(CalibrationError, match='No query is labelled with items of "table"'):
        OracleStandardizer().fit(queries, items, ["text", "image", "table"], positives=[[0], [1], [0, 1]])
