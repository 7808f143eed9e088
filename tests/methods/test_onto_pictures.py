"""What both maps onto pictures share: which rows move by which map, and what is refused."""

import numpy as np
import pytest

from modgap.errors import CalibrationError, NotFittedError
from modgap.methods import CORAL, ReAlign
from modgap.vectors import unit_vectors

RNG = np.random.default_rng(3)
GROUPS = np.asarray(["text", "image", "table"] * 10)
ITEMS = unit_vectors(RNG.normal(size=(30, 6)) + np.where(GROUPS == "image", 2, -2)[:, None] * np.eye(6)[0])
QUERIES = unit_vectors(RNG.normal(size=(8, 6)))
BOTH = pytest.mark.parametrize("of", [ReAlign, CORAL])


@BOTH
def test_each_group_of_texts_lands_on_the_pictures(of) -> None:
    method = of().fit(QUERIES, ITEMS, GROUPS)
    moved = method.move_items(ITEMS, GROUPS)
    means = {group: moved[group == GROUPS].mean(axis=0) for group in ("text", "image", "table")}
    assert np.linalg.norm(means["text"] - means["image"]) < 0.25
    assert np.linalg.norm(means["table"] - means["image"]) < 0.25
    assert np.linalg.norm(moved, axis=1) == pytest.approx(np.ones(30), abs=1e-5)


@BOTH
def test_query_pictures_move_as_pictures_do(of) -> None:
    words = of().fit(QUERIES, ITEMS, GROUPS).move_queries(QUERIES)
    pictures = of().fit(QUERIES, ITEMS, GROUPS, query_modality="image").move_queries(QUERIES)
    assert not np.allclose(words, pictures, atol=0.05)
    if of is ReAlign:
        assert pictures == pytest.approx(QUERIES)


@BOTH
def test_what_cannot_be_is_refused(of) -> None:
    with pytest.raises(CalibrationError, match="fewer than 2"):
        of().fit(QUERIES, ITEMS, np.where(GROUPS == "image", "table", GROUPS))
    with pytest.raises(NotFittedError, match="call fit"):
        of().move_queries(QUERIES)
    with pytest.raises(CalibrationError, match='of the group "sound"'):
        of().fit(QUERIES, ITEMS, GROUPS).move_items(ITEMS[:1], np.asarray(["sound"]))
