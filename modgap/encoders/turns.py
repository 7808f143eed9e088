"""Turns at an encoder that several threads share: one batch at a time, in the order of asking.

Each thread asks anew for each batch, so the corpora of several visitors are encoded in alternation, and a small one
does not wait until a large one that began before it is done. One batch at a time is as fast as several at once, since
a batch keeps all cores busy.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """A lock that is granted in the order in which it was asked for; `threading.Lock` promises no order.

    >>> turns = Turns()
    >>> with turns.turn():
    ...     pass
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()  # the first has the turn

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turn and hold it inside the block. Not reentrant."""
        mine = threading.Event()
        with self._lock:
            self._waiting.append(mine)
            if self._waiting[0] is mine:
                mine.set()
        try:
            mine.wait()
            yield
        finally:
            with self._lock:
                self._waiting.remove(mine)
                if self._waiting:
                    self._waiting[0].set()
