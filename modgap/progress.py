"""How long work tells how far it is: a function that a face supplies and every room may call."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with (stage in words, done, total); `total` counts the units of that stage."""


def silent(stage: str, done: int, total: int) -> None:
    """The progress of those who do not look."""
