"""`modgap docs`."""

from __future__ import annotations

from pathlib import Path

import pytest

from modgap.io import assets


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    page = tmp_path / "assets" / "docs" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text("<h1>modgap</h1>", encoding="utf-8")
    monkeypatch.setattr(assets, "_PACKAGE", tmp_path / "modgap")
    return page


def test_the_pages_are_opened_from_the_disk(run, built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda address: opened.append(address) or True)
    assert run("docs").stdout == ""
    assert opened == [built.as_uri()]


def test_without_a_browser_the_place_is_printed(run, built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webbrowser.open", lambda address: False)
    assert run("docs").stdout.strip() == str(built)


def test_the_path_can_be_asked_for(run, built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webbrowser.open", lambda address: pytest.fail("nothing is opened"))
    assert run("docs", "--path").stdout.strip() == str(built)


def test_pages_that_were_not_built_are_told(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "_PACKAGE", tmp_path / "modgap")
    done = run("docs")
    assert done.returncode == 1
    assert "`make docs` builds it" in done.stderr
