"""The shift along the gap: by hand, with two groups and with three."""

import numpy as np
import pytest

from modgap.methods import MindTheGap

QUERIES = np.asarray([[1, 0], [0.6, 0.8]], dtype=np.float32)  # mean (.8, .4)
ITEMS = np.asarray([[1, 0], [0, 1], [0.6, 0.8], [-0.6, 0.8]], dtype=np.float32)
MODALITY = np.asarray(["text", "text", "image", "image"])  # means (.5, .5) and (0, .8)
THREE = np.concatenate([ITEMS, [[0.8, 0.6], [1, 0]]]).astype(np.float32)  # the mean of the tables is (.9, .3)
GROUPS = np.asarray([*MODALITY, "table", "table"])


def test_mind_the_gap_by_hand() -> None:
    method = MindTheGap(lambda_=0.5).fit(QUERIES, ITEMS, MODALITY)
    # the gap is (-.5, .3); texts go along it by .5, pictures against it
    step = 0.5 * np.asarray([-0.5, 0.3]) / np.sqrt(0.34)
    moved = ITEMS + np.asarray([step, step, -step, -step])
    expected = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    assert method.move_items(ITEMS, MODALITY) == pytest.approx(expected, abs=1e-6)


def test_modalities_without_a_gap_stay_where_they_are() -> None:
    both = np.concatenate([ITEMS[:2], ITEMS[:2]])
    method = MindTheGap().fit(QUERIES, both, MODALITY)
    assert method.move_items(both, MODALITY) == pytest.approx(both)


@pytest.mark.parametrize(
    ("tower", "gap", "signs"),
    [
        ("text", [-0.7, 0.4], [1, 1, -1, -1, 1, 1]),  # all texts: (.7, .4); pictures (0, .8)
        ("image", [-0.05, 0.05], [1, 1, -1, -1, -1, -1]),  # texts (.5, .5); all pictures: (.45, .55)
    ],
)
def test_a_third_group_moves_as_its_modality_does(tower: str, gap: list[float], signs: list[int]) -> None:
    method = MindTheGap(lambda_=0.5).fit(QUERIES, THREE, GROUPS, group_modality={"table": tower})
    step = 0.5 * np.asarray(gap) / np.linalg.norm(gap)
    moved = THREE + np.asarray(signs)[:, None] * step
    expected = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    assert method.move_items(THREE, GROUPS) == pytest.approx(expected, abs=1e-5)
