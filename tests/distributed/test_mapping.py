"""The mapping in this process."""

from __future__ import annotations

from modgap.distributed.mapping import one_by_one


def test_every_task_comes_back_with_its_place():
    assert dict(one_by_one(lambda n: n * n, [2, 3, 4])) == {0: 4, 1: 9, 2: 16}
    assert list(one_by_one(abs, [])) == []
