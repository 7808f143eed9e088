"""Messages: escaped, and the rest of the page unchanged."""

from __future__ import annotations

from modgap.errors import ModgapError
from modgap.ui.tabs.guarded import guarded
from modgap.ui.visit.failures import OUR_FAULT


def test_a_failure_becomes_an_escaped_message_and_changes_nothing_else():
    def fail():
        raise ModgapError("The file <b> is gone.")

    found = guarded("status", fail)

    assert list(found) == ["status"]
    assert "&lt;b&gt;" in found["status"]
    assert 'role="alert"' in found["status"]


def test_a_bug_of_ours_is_owned_without_its_traceback():
    found = guarded("status", lambda: {"other": 1 / 0})

    assert list(found) == ["status"]
    assert OUR_FAULT in found["status"]
    assert "ZeroDivision" not in found["status"]
