"""Methods that normalise a query's own lists: by hand, against ranx, and where lists end."""

import numpy as np
import pytest

from modgap.errors import ModgapError, VectorError
from modgap.methods import DBSF, RRF, PerQueryZ, method_by_name

MODALITY = np.asarray(["text", "image"] * 20)
LIST_METHODS = ["per_query_z", "dbsf", "rrf"]


@pytest.fixture
def scores() -> np.ndarray:
    return np.random.default_rng(3).uniform(0, 1, size=(6, 40)).astype(np.float32)


def test_per_query_z_agrees_with_ranx(ranx_answers: dict) -> None:
    z = PerQueryZ().transform(ranx_answers["scores"], ranx_answers["modality"])
    assert z == pytest.approx(np.asarray(ranx_answers["zmuv_norm"]), abs=1e-5)


def test_rrf_agrees_with_ranx(ranx_answers: dict) -> None:
    fused = RRF(k=ranx_answers["rrf_k"]).transform(ranx_answers["scores"], ranx_answers["modality"])
    assert fused == pytest.approx(np.asarray(ranx_answers["rrf"]), abs=1e-8)


def test_dbsf_agrees_with_its_published_definition(scores: np.ndarray) -> None:
    result = DBSF().transform(scores, MODALITY)
    for kind in ("text", "image"):
        of_list = scores[:, kind == MODALITY].astype(np.float64)
        mean, std = of_list.mean(axis=1, keepdims=True), of_list.std(axis=1, ddof=1, keepdims=True)
        low, high = mean - 3 * std, mean + 3 * std
        assert result[:, kind == MODALITY] == pytest.approx((of_list - low) / (high - low), abs=1e-6)


def test_by_hand() -> None:
    scores, modality = [0.9, 0.7, 0.1, 0.2, 0.3], ["text", "text", "image", "image", "image"]
    assert PerQueryZ().transform(scores, modality) == pytest.approx([1, -1, -1.2247, 0, 1.2247], abs=1e-4)
    # deviations over n - 1: .1414 and .1
    assert DBSF().transform(scores, modality) == pytest.approx([0.6179, 0.3821, 1 / 3, 0.5, 2 / 3], abs=1e-4)
    assert RRF().transform(scores, modality) == pytest.approx([1 / 61, 1 / 62, 1 / 63, 1 / 62, 1 / 61])


def test_statistics_come_from_the_list_alone() -> None:
    scores, modality = [0.9, 0.7, -0.9], ["text"] * 3
    assert PerQueryZ(depth=2).transform(scores, modality) == pytest.approx([1, -1, -17], abs=1e-4)
    with pytest.raises(ModgapError, match="depth is the length"):
        DBSF(depth=1)


def test_dbsf_is_a_linear_map_of_the_z_score_for_lists_of_equal_length(scores: np.ndarray) -> None:
    shrunk = PerQueryZ().transform(scores, MODALITY) * np.sqrt(19 / 20)
    assert DBSF().transform(scores, MODALITY) == pytest.approx(0.5 + shrunk / 6, abs=1e-5)


def test_lists_without_spread_stand_in_the_middle() -> None:
    scores, modality = [0.5, 0.5, 0.5, 0.2], ["text"] * 3 + ["image"]
    assert PerQueryZ().transform(scores, modality).tolist() == [0, 0, 0, 0]
    assert DBSF().transform(scores, modality).tolist() == [0.5] * 4


@pytest.mark.parametrize("name", LIST_METHODS)
def test_one_modality_is_a_list_by_itself(name: str) -> None:
    values = method_by_name(name).transform([[0.1, 0.9, 0.5]], ["image"] * 3)
    assert np.argsort(-values[0]).tolist() == [1, 2, 0]


@pytest.mark.parametrize("name", [*LIST_METHODS, "raw"])
def test_scores_that_are_not_finite_are_refused(name: str) -> None:
    with pytest.raises(VectorError, match="not finite"):
        method_by_name(name).transform([0.1, np.nan], ["text", "image"])


@pytest.mark.parametrize("scores", ["high", [[0.1], [0.1, 0.2]], 0.1])
def test_what_is_no_table_of_scores_is_refused(scores) -> None:
    with pytest.raises(VectorError, match=r"not numbers in rows|each of the 1 items; got 2"):
        method_by_name("raw").transform(scores, ["text", "image"])


def test_rrf_refuses_a_negative_k() -> None:
    with pytest.raises(ModgapError, match="0 or more"):
        RRF(k=-1)
