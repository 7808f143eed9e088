"""What a visitor may use in a while, and when to come back."""

from __future__ import annotations

from pathlib import Path

import pytest

from modgap.errors import ModgapError
from modgap.ui.visit.allowance import Allowance
from modgap.ui.visit.session import Visits


def test_the_window_slides() -> None:
    allowance = Allowance(3, 60, "requests a minute")
    for moment in (0, 20, 40):
        allowance.take(1, moment)
    with pytest.raises(ModgapError, match=r"more than 3 requests a minute: go on in 10 seconds\."):
        allowance.take(1, 50)
    allowance.take(1, 60)
    with pytest.raises(ModgapError, match="go on in 20 seconds"):
        allowance.take(1, 60)


def test_a_large_amount_waits_for_enough_of_the_window() -> None:
    allowance = Allowance(100, 3600, "MB an hour")
    allowance.take(60, 0)
    allowance.take(30, 600)
    with pytest.raises(ModgapError, match="go on in 50 minutes"):
        allowance.take(50, 600)
    with pytest.raises(ModgapError, match="go on in 60 minutes"):
        allowance.take(80, 600)
    with pytest.raises(ModgapError, match="send less at once"):
        allowance.take(101, 600)
    allowance.take(10, 600)


def test_zero_is_no_limit() -> None:
    allowance = Allowance(0, 60, "requests a minute")
    for _ in range(1000):
        allowance.take(1, 0)


def test_each_visit_has_its_own(tmp_path: Path) -> None:
    now = [0.0]
    visits = Visits(clock=lambda: now[0], requests=2, megabytes=1)
    (tmp_path / "a.jpg").write_bytes(b"x" * 700_000)
    for _ in range(2):
        visits.request_of("one")
    with pytest.raises(ModgapError, match="requests a minute: go on in 60 seconds"):
        visits.request_of("one")
    visits.request_of("two", [tmp_path / "a.jpg", tmp_path / "gone.jpg"])
    with pytest.raises(ModgapError, match="more than 1 MB an hour: go on in 60 minutes"):
        visits.request_of("two", [tmp_path / "a.jpg"])
    now[0] = 3600
    visits.request_of("two", [tmp_path / "a.jpg"])
    assert visits.visit_for("one").loaded is None, "what is not counted goes on"
