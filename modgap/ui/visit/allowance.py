"""What one visitor may use in a while: requests a minute, bytes an hour. Who is over it hears when to come back.

It keeps one page from taking all of a host. A page is known by its session, which anybody can have anew, so it is no
defence against an attack: that is the proxy's part.
"""

from __future__ import annotations

import math
import threading
from collections import deque

from modgap.errors import ModgapError


class Allowance:
    """At most so much within any window of time. Safe to call from threads.

    most: in a window; 0 for no limit. seconds: of the window. what: in a message, such as "requests a minute".
    """

    def __init__(self, most: float, seconds: float, what: str) -> None:
        self._most, self._seconds, self._what = most, seconds, what
        self._taken: deque[tuple[float, float]] = deque()
        self._lock = threading.Lock()

    def take(self, amount: float, now: float) -> None:
        """Use some of it. now: seconds of a clock that never goes back.

        Raises ModgapError, with the time to wait, where it does not suffice; nothing is used up then.

        >>> allowance = Allowance(2, 60, "requests a minute")
        >>> allowance.take(1, 0.0), allowance.take(1, 10.0)
        (None, None)
        >>> allowance.take(1, 15.0)
        Traceback (most recent call last):
        modgap.errors.ModgapError: That is more than 2 requests a minute: go on in 45 seconds.
        """
        if not self._most:
            return
        with self._lock:
            while self._taken and self._taken[0][0] <= now - self._seconds:
                self._taken.popleft()
            free = self._most - sum(each for _, each in self._taken)
            if amount <= free:
                self._taken.append((now, amount))
                return
            wait = self._wait(amount - free, now)
        raise ModgapError(f"That is more than {self._most:,.0f} {self._what}: {wait}.")

    def _wait(self, missing: float, now: float) -> str:
        """When enough of what was taken has left the window."""
        for moment, amount in self._taken:
            missing -= amount
            if missing <= 0:
                left = moment + self._seconds - now
                return (
                    f"go on in {math.ceil(left / 60)} minutes" if left > 90 else f"go on in {math.ceil(left)} seconds"
                )
        return "send less at once"
