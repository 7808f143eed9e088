"""How long work tells how far it is: a function that a face supplies and every room may call."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

_SOON = 1.0  # seconds before a pace is more than noise
_MINUTE = 60

Progress = Callable[[str, int, int], None]
"""Called with (stage in words, done, total); `total` counts the units of that stage."""


def silent(stage: str, done: int, total: int) -> None:
    """The progress of those who do not look."""


def with_pace(progress: Progress, clock: Callable[[], float] = time.monotonic) -> Progress:
    """The same progress, with the pace of each stage and the time left in its words once they can be told.

    clock: seconds. A stage that is known after a second of it says "Looking at pictures, 82 a second, 5 s left".
    """
    begun: dict[str, tuple[float, int]] = {}

    def tell(stage: str, done: int, total: int) -> None:
        now = clock()
        start, first = begun.setdefault(stage, (now, done))
        elapsed, more = now - start, done - first
        if elapsed < _SOON or more <= 0 or done >= total:
            progress(stage, done, total)
            return
        pace = more / elapsed
        left = math.ceil((total - done) / pace)
        words = f"{left} s" if left < _MINUTE else f"{math.ceil(left / _MINUTE)} min"
        progress(f"{stage}, {pace:.0f} a second, {words} left", done, total)

    return tell
