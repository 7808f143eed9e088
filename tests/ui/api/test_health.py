"""What monitoring asks of a running app."""

from __future__ import annotations

import httpx
import pytest


@pytest.fixture
def ask(app_url):
    base = app_url.split("/?")[0]
    return lambda path: httpx.get(base + path, timeout=30)


def test_alive_and_ready_are_told_apart(ask) -> None:
    assert ask("/health").json()["status"] == "ok"
    answer = ask("/health/ready")
    assert (answer.status_code, answer.json()["status"]) in ((200, "ready"), (503, "loading"))


def test_metrics_are_there_by_choice_alone_and_hold_numbers_only(ask, monkeypatch) -> None:
    monkeypatch.delenv("MODGAP_METRICS", raising=False)
    assert ask("/metrics").status_code == 404
    monkeypatch.setenv("MODGAP_METRICS", "1")
    lines = ask("/metrics").text.splitlines()
    names = {line.split("{")[0].split(" ")[0] for line in lines}
    assert {"modgap_ready", "modgap_visits", "modgap_corpora", "process_resident_memory_bytes"} <= names
    assert all(float(line.rsplit(" ", 1)[1]) >= 0 for line in lines)
