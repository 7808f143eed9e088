"""Handlers of the calibration panel, called as the queue calls them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from modgap.ui.tabs.calibration_handlers import CalibrationHandlers

SOMEBODY: Any = SimpleNamespace(session_hash="somebody")
SILENT: Any = lambda *_, **__: None  # noqa: E731
OWN = "\n".join(f"{'aeiourt'[n % 7] * (n + 1)} query" for n in range(20))


@pytest.fixture
def handlers(parts, state, load_sample):
    load_sample("somebody")
    return CalibrationHandlers(parts, state)


def collection(state):
    return state.visits.visit_for("somebody").loaded.collection


def test_own_queries_calibrate_and_a_step_back_undoes_it(handlers, parts, state):
    before = collection(state).calibration
    shown = handlers.calibrate(OWN, 5, SOMEBODY, progress=SILENT)
    assert collection(state).calibration is not before
    assert collection(state).calibration.queries["text"].count == 20
    assert shown[parts.calibration.undo]["visible"] is True
    assert parts.search.results in shown
    handlers.undo(5, SOMEBODY)
    assert collection(state).calibration is before
    handlers.undo(5, SOMEBODY)
    assert collection(state).calibration is not before


def test_the_least_fit_is_kept_in_the_calibration_within_its_bounds(handlers, state):
    for given, kept in ((0.4, 0.4), (7.0, 1.0), (-1.0, 0.0)):
        handlers.floor(given, 5, SOMEBODY)
        assert collection(state).calibration.fit_threshold == kept


def test_queries_of_a_file_are_put_into_the_box_and_the_file_is_refused_in_words(handlers, parts, tmp_path):
    path = tmp_path / "queries.txt"
    path.write_text("a fox\n\na hen\n", encoding="utf-8")
    assert handlers.queries(str(path), SOMEBODY)[parts.calibration.queries].split("\n") == ["a fox", "a hen"]
    path.write_bytes(b"")
    refused = handlers.queries(str(path), SOMEBODY)
    assert parts.calibration.queries not in refused
    assert str(refused[parts.calibration.status])
