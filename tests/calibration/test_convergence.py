"""Curves of the statistics against the number of queries."""

import numpy as np
import pytest

from modgap.calibration.convergence import measure_convergence
from modgap.errors import CalibrationError


def candidates(n: int, depth: int = 10) -> dict[str, np.ndarray]:
    """Best cosines of n queries: texts about 0.7, pictures about 0.3, each falling off with its rank."""
    rng = np.random.default_rng(0)
    fall = 0.02 * np.arange(depth)
    return {m: rng.normal(mean, 0.05, (n, 1)) - fall for m, mean in (("text", 0.7), ("image", 0.3))}


def test_the_last_point_is_the_whole_by_hand() -> None:
    table = candidates(40)
    found = measure_convergence(table)
    assert found.sizes[[0, -1]].tolist() == [5, 40]
    for modality in ("text", "image"):
        assert found.mean[modality][-1] == pytest.approx(table[modality][:, 0].mean())
        assert found.std[modality][-1] == pytest.approx(table[modality][:, 0].std())
    assert found.overlap[-1].tolist() == [1.0] * 20


def test_overlap_by_brute_force() -> None:
    table, orders, seed = candidates(30), 3, 7
    found = measure_convergence(table, orders=orders, seed=seed)
    rng = np.random.default_rng(seed)

    def top(rows: np.ndarray) -> list[set[int]]:
        best = {m: s[rows, 0] for m, s in table.items()}
        z = [(table[m] - best[m].mean()) / best[m].std() for m in ("text", "image")]
        return [set(np.argsort(-row, kind="stable")[:10]) for row in np.concatenate(z, axis=1)]

    final = top(np.arange(30))
    for order in range(orders):
        shuffled = rng.permutation(30)
        for row, size in enumerate(found.sizes):
            same = [len(a & b) / 10 for a, b in zip(top(shuffled[:size]), final, strict=True)]
            assert found.overlap[row, order] == pytest.approx(np.mean(same))


def test_steady_from_the_first_size_on_that_never_falls_back() -> None:
    found = measure_convergence(candidates(400), tolerance=0.1)
    assert found.steady_at is not None
    assert 5 < found.steady_at < 400
    first = found.sizes.tolist().index(found.steady_at)
    assert found.overlap[first:].min() >= 0.9
    assert found.overlap[first - 1].min() < 0.9
    assert found.sentence.startswith(f"From {found.steady_at} queries on, the top 10 keeps 90%")


def test_too_few_to_show_it_say_so() -> None:
    found = measure_convergence(candidates(12), tolerance=0.0)
    assert found.steady_at is None
    assert "12 queries are too few" in found.sentence


def test_the_same_seed_gives_the_same_curves() -> None:
    one, other = (measure_convergence(candidates(20), seed=3) for _ in range(2))
    assert one.overlap.tolist() == other.overlap.tolist()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (candidates(9), "9 queries cannot show"),
        ({"text": np.ones((20, 3))}, "both modalities"),
        ({"text": np.ones((20, 3)), "image": np.ones((19, 3))}, "one row for each"),
    ],
)
def test_bad_candidates_are_refused(table, message: str) -> None:
    with pytest.raises(CalibrationError, match=message):
        measure_convergence(table)
