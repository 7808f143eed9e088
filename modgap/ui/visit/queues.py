"""Which calls wait for each other: reading corpora, calibrating and searching each have a queue, which the page and
programs share; and how long the queue of corpora to read is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from modgap.errors import ModgapError

MAX_QUEUE = 256  # waiting calls of all kinds; Gradio refuses further ones at once
MAX_READING = 64  # corpora that wait to be read; the page refuses further ones with a sentence

# Two corpora are read at once and take turns at the encoder batch by batch, so that a small one is done first.
ENCODING: dict[str, Any] = {"concurrency_id": "encoder", "concurrency_limit": 2}
# A calibration of a small corpus takes a tenth of a second, and does not wait for those whose corpora are read.
CALIBRATING: dict[str, Any] = {"concurrency_id": "calibration", "concurrency_limit": 2}
# The sample is encoded once a process, so it is there at once while other corpora are read.
SAMPLE: dict[str, Any] = {"concurrency_id": "sample", "concurrency_limit": 2}
# A search waits for nothing but other searches.
SEARCHING: dict[str, Any] = {"concurrency_id": "search", "concurrency_limit": 4}


@dataclass(frozen=True)
class ReadingQueue:
    """calls: corpora that wait to be read. seconds: until the last of them begins, estimated; None where unknown."""

    calls: int
    seconds: float | None = None

    @classmethod
    def of_page(cls, page: Any) -> ReadingQueue:
        """The queue of a running `gr.Blocks`, which publishes it to browsers only."""
        queue, name, limit = page._queue, ENCODING["concurrency_id"], ENCODING["concurrency_limit"]
        if name not in queue.event_queue_per_concurrency_id:
            return cls(0)
        calls = len(queue.event_queue_per_concurrency_id[name].queue)
        taken = [each for each in queue.process_time_per_fn.items() if each[0].concurrency_id == name]
        count = sum(each.count for _, each in taken)
        if not count:
            return cls(calls)
        return cls(calls, calls / limit * sum(each.process_time for _, each in taken) / count)

    def place(self) -> str:
        """What a visitor who joins now should know; empty where nobody waits. Raises ModgapError for a full queue."""
        if self.calls >= MAX_READING:
            raise ModgapError(
                f"{self.calls} visitors wait to have their files read, and this app takes no more at a time: try again "
                f"{_after(self.seconds)}."
            )
        if not self.calls:
            return ""
        others = "1 visitor is" if self.calls == 1 else f"{self.calls} visitors are"
        begins = f": reading begins {_after(self.seconds)}" if self.seconds is not None else ""
        return f"{others} before you{begins}. You can leave with “Stop reading”."


def _after(seconds: float | None) -> str:
    """A time to wait in words, rounded up.

    >>> [_after(each) for each in (None, 3, 44, 61)]
    ['in a few minutes', 'in about 5 s', 'in about 45 s', 'in about 2 minutes']
    """
    if seconds is None:
        return "in a few minutes"
    if seconds <= 60:
        return f"in about {max(5, 5 * math.ceil(seconds / 5))} s"
    return f"in about {math.ceil(seconds / 60)} minutes"
