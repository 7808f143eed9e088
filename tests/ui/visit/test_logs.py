"""Logs are one JSON object a line, and say nothing of what was searched."""

from __future__ import annotations

import json
import logging
import subprocess
import sys

import pytest

from modgap.ui.visit.logs import JsonLines, timed

CODE = """
import logging
from modgap.ui.visit.logs import configure_logs, timed
configure_logs()
with timed("search"):
    pass
try:
    with timed("load"):
        raise ValueError("secret query")
except ValueError:
    pass
logging.getLogger("modgap.ui").warning("a \\"warning\\"\\nin two lines")
"""


def printed(**environment: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True, env=environment)
    return done.stderr.splitlines()


def test_each_line_is_an_object_with_stage_outcome_and_seconds() -> None:
    lines = [json.loads(line) for line in printed(MODGAP_LOG="json")]
    assert [(line["level"], line.get("stage"), line.get("outcome")) for line in lines] == [
        ("INFO", "search", "done"),
        ("INFO", "load", "ValueError"),
        ("WARNING", None, None),
    ]
    assert all(line["seconds"] >= 0 for line in lines[:2])
    assert "secret" not in json.dumps(lines)
    assert lines[2]["message"] == 'a "warning"\nin two lines'


def test_by_default_warnings_alone_are_printed() -> None:
    assert printed() == ['a "warning"', "in two lines"]


def test_a_traceback_stays_in_its_line() -> None:
    try:
        raise RuntimeError("broken")
    except RuntimeError:
        record = logging.LogRecord("modgap.ui", logging.ERROR, "", 0, "failed", None, sys.exc_info())
    line = JsonLines().format(record)
    assert "\n" not in line
    assert "RuntimeError: broken" in json.loads(line)["traceback"]


def test_what_fails_is_raised() -> None:
    with pytest.raises(KeyError), timed("search"):
        raise KeyError("x")
