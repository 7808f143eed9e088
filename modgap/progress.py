"""Progress reporting: the caller passes a callback, long-running code calls it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

_MIN_ELAPSED = 1.0  # seconds; a pace measured over less is noise
_MINUTE = 60  # seconds

Progress = Callable[[str, int, int], None]
"""Called with (stage, done, total): the stage in words, and how many of its units are done out of how many."""


def silent(stage: str, done: int, total: int) -> None:
    """A callback that ignores all progress."""


def with_pace(progress: Progress, clock: Callable[[], float] = time.monotonic) -> Progress:
    """The same callback, with the pace and the time left added to the stage once a stage has run for a second.

    clock: returns seconds.
    Example of a stage as reported: "Looking at pictures, 82 a second, 5 s left".
    """
    begun: dict[str, tuple[float, int]] = {}

    def report(stage: str, done: int, total: int) -> None:
        now = clock()
        start, first = begun.setdefault(stage, (now, done))
        elapsed, more = now - start, done - first
        if elapsed < _MIN_ELAPSED or more <= 0 or done >= total:
            progress(stage, done, total)
            return
        pace = more / elapsed
        left = math.ceil((total - done) / pace)
        words = f"{left} s" if left < _MINUTE else f"{math.ceil(left / _MINUTE)} min"
        progress(f"{stage}, {pace:.0f} a second, {words} left", done, total)

    return report
