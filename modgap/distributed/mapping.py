"""What a cluster does for the rest of this package: it maps a function over tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol


class Mapping(Protocol):
    """Anything that runs a function on every task, in any order and on any machine."""

    def __call__(self, work: Callable[[Any], Any], tasks: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        """Yield (place of the task, its result) as they end; each task once.

        Raises ModgapError where a task fails on every machine that tried it.
        """


def one_by_one(work: Callable[[Any], Any], tasks: Sequence[Any]) -> Iterator[tuple[int, Any]]:
    """The plainest mapping: in this process, in order.

    >>> list(one_by_one(abs, [-1, 2]))
    [(0, 1), (1, 2)]
    """
    for place, task in enumerate(tasks):
        yield place, work(task)
