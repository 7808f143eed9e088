"""Sinkhorn normalization: against plain scaling of the kernel, its marginals, one round by hand."""

import numpy as np
import pytest

from modgap.errors import CalibrationError
from modgap.methods import InvertedSoftmax, Sinkhorn
from modgap.vectors import unit_vectors

GROUPS = np.asarray(["text", "image"] * 10)


def case() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return unit_vectors(rng.normal(size=(9, 6))), unit_vectors(rng.normal(size=(20, 6)))


def test_it_scales_the_kernel_as_sinkhorn_and_knopp() -> None:
    bank, items = case()
    kernel = np.exp((bank @ items.T).astype(np.float64) / 0.1)
    u = np.ones(9)
    for _ in range(10):
        v = 1 / (u @ kernel)
        u = 1 / (kernel @ v)
    v = 1 / (u @ kernel)
    method = Sinkhorn(tau=0.1).fit(bank, items, GROUPS)
    apart = method.score(bank, items, GROUPS) - (bank @ items.T + 0.1 * np.log(v))
    assert apart == pytest.approx(np.full(apart.shape, apart[0, 0]), abs=1e-5), "but for a constant"


def test_after_many_rounds_every_query_and_item_has_the_same_share() -> None:
    bank, items = case()
    scores = Sinkhorn(tau=0.1, rounds=200).fit(bank, items, GROUPS)
    plan = np.exp((bank @ items.T - scores.bias(items)) / 0.1 + scores.log_u_[:, None])
    assert plan.sum(axis=0) == pytest.approx(np.full(20, plan.sum() / 20), rel=1e-4)
    assert plan.sum(axis=1) == pytest.approx(np.full(9, plan.sum() / 9), rel=1e-4)


def test_without_scaling_of_the_queries_it_is_inverted_softmax() -> None:
    bank, items = case()
    method = Sinkhorn().fit(bank, items, GROUPS)
    method.log_u_ = np.zeros(9)
    assert method.bias(items) == pytest.approx(InvertedSoftmax().fit(bank, items, GROUPS).bias(items))


def test_no_round_is_refused() -> None:
    with pytest.raises(CalibrationError, match="at least 1; got 0"):
        Sinkhorn(rounds=0)
