"""Calibration from the text box or a file of queries."""

from __future__ import annotations

import pytest

from modgap.errors import ModgapError
from modgap.progress import silent
from modgap.ui.visit.calibrating import calibrate


def test_own_queries_are_lines_without_blank_ones(loaded):
    calibration = calibrate(loaded.collection, " red \n\n a harbour\nbread\n", silent)

    assert calibration.queries["text"].count == 3
    assert calibration.queries["text"].kind == "given"


@pytest.mark.parametrize("lines", ["a\n" * 5001, "x" * 1001])
def test_too_many_or_too_long_queries_are_refused(loaded, lines):
    with pytest.raises(ModgapError, match=r"limit|more than"):
        calibrate(loaded.collection, lines, silent)
