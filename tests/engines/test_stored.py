"""Items as engines hold them: what counts as the same, and lists in parts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modgap.engines.stored import batches, same_item
from tests.engines.live_laws import stored


def test_an_item_is_the_same_with_its_group_words_and_vector() -> None:
    item, other = stored(2)[:2]
    assert same_item(item, replace(item, vector=item.vector.copy()))
    for changed in (
        replace(item, group="image"),
        replace(item, text="other words"),
        replace(item, vector=other.vector),
        replace(item, vector=item.vector[:5]),
        None,
    ):
        assert not same_item(item, changed)


@pytest.mark.parametrize(("n", "parts"), [(0, []), (3, [3]), (4, [4]), (9, [4, 4, 1])])
def test_parts_hold_everything_in_order(n: int, parts: list[int]) -> None:
    found = [*batches(range(n), 4)]
    assert [len(part) for part in found] == parts
    assert [each for part in found for each in part] == [*range(n)]
