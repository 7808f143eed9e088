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
        ({"text": np.ones((20, 3))}, "two groups or more"),
        ({"text": np.ones((20, 3)), "image": np.ones((19, 3))}, "one row for each"),
    ],
)
def test_bad_candidates_are_refused(table, message: str) -> None:
    with pytest.raises(CalibrationError, match=message):
        measure_convergence(table)


def test_three_groups_by_brute_force_where_counting_pictures_alone_would_see_less_change() -> None:
    """Texts and tables change places too, so a top list is determined by the count of every group."""
    table = candidates(24, depth=4)
    rng = np.random.default_rng(5)
    table["table"] = rng.normal(0.5, 0.1, (24, 1)) - 0.02 * np.arange(2)  # a group of 2 items
    found = measure_convergence(table, orders=4, seed=3)
    groups = ["text"] * 4 + ["image"] * 4 + ["table"] * 2
    rng = np.random.default_rng(3)

    def top(rows: np.ndarray) -> list[list[int]]:
        z = [(each - each[rows, 0].mean()) / each[rows, 0].std() for each in table.values()]
        return [np.argsort(-row, kind="stable")[:4].tolist() for row in np.concatenate(z, axis=1)]

    def pictures(rows: list[int]) -> int:
        return sum(groups[row] == "image" for row in rows)

    final, kept_by_pictures = top(np.arange(24)), []
    for order in range(4):
        shuffled = rng.permutation(24)
        for row, size in enumerate(found.sizes):
            now = top(shuffled[:size])
            same = [len(set(a) & set(b)) / 4 for a, b in zip(now, final, strict=True)]
            assert found.overlap[row, order] == pytest.approx(np.mean(same))
            changed = [abs(pictures(a) - pictures(b)) / 4 for a, b in zip(now, final, strict=True)]
            kept_by_pictures.append(1 - np.mean(changed))
    assert found.overlap.mean() < np.mean(kept_by_pictures)
    assert found.mean.keys() == found.std.keys() == {"text", "image", "table"}
    assert found.depth == 4


def test_three_groups_worked_by_hand() -> None:
    """Ten queries, top 1, one order: the five that are drawn first (D) have low tables, the others (R) high ones."""
    drawn = np.isin(np.arange(10), np.random.default_rng(0).permutation(10)[:5])
    same = np.asarray([-2, -1, -0.5, 1, 2.5])  # in both halves, so text and picture have the same statistics in D
    values = {"text": (same, same), "image": (-same, -same), "table": ([4, 6, 5, 4, 6], [8, 10, 9, 8, 10])}
    table = {group: np.zeros((10, 1)) for group in values}
    for group, (first, rest) in values.items():
        table[group][drawn, 0], table[group][~drawn, 0] = first, rest
    found = measure_convergence(table, orders=1, n_sizes=2)
    assert found.sizes.tolist() == [5, 10]
    assert found.mean["table"][:, 0] == pytest.approx([5, 7])
    assert found.std["table"][:, 0] == pytest.approx([0.8**0.5, 4.8**0.5])
    # best of text and picture, D and R alike: picture 1.26, picture .63, picture .32, text .63, text 1.58
    # tables by all: D all below 0; R .46, 1.37, .91, .46, 1.37, so first in the second and the third
    # tables by D:   D -1.12, 1.12, 0, -1.12, 1.12, so first in the second; R 3.35 and more, first in all five
    # changed: the second of D, and of R the first (a picture's place) and the last two (texts' places)
    assert found.overlap[:, 0] == pytest.approx([0.6, 1.0])
