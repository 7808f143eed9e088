"""Raw cosine: what it is given, for every group alike."""

import pytest

from modgap.methods import Raw


def test_scores_stay_as_they_are_whatever_the_group() -> None:
    scores = Raw().transform([[0.5, 0.25, -1.0]], ["text", "image", "table"])
    assert scores.tolist() == [[0.5, 0.25, -1.0]]


def test_it_learns_nothing_and_moves_nothing(toy) -> None:
    queries, items, modality = toy
    raw = Raw()
    assert (raw.needs, raw.changes, raw.needs_fit) == ("nothing", "nothing", False)
    assert raw.move_items(items, modality) is items
    assert raw.fit(*toy).score(queries, items, modality) == pytest.approx(queries @ items.T)
