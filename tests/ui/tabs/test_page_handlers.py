"""What the handlers of the search tab share."""

from __future__ import annotations

import threading

import pytest

from modgap.ui.tabs.page_handlers import CANCELLED, progress_for
from modgap.ui.visit.failures import StoppedError


def test_the_bar_names_the_stage_and_how_far_it_is():
    calls = []

    progress_for(lambda *done, **words: calls.append((done, words)))("Looking at pictures", 12, 43)

    assert calls == [(((12, 43),), {"desc": "Looking at pictures", "unit": ""})]


def test_a_report_after_it_was_stopped_ends_the_work():
    stopped = threading.Event()
    report = progress_for(lambda *_, **__: None, stopped)
    report("Looking at pictures", 1, 2)
    stopped.set()
    with pytest.raises(StoppedError, match=CANCELLED):
        report("Looking at pictures", 2, 2)
