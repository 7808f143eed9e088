"""Questions are run by name."""

import importlib
from pathlib import Path

import pytest

from findings import run


def test_every_question_is_a_module_that_prints_its_tables() -> None:
    for name in run.QUESTIONS:
        assert callable(importlib.import_module(f"findings.{name}").main)


def test_an_unknown_question_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        run.main(["labels", "magic"])
    assert caught.value.code == 2
    assert "unknown question: magic; known are which_method, " in capsys.readouterr().err


def test_without_flickr8k_nothing_runs_and_the_reason_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "DATA", tmp_path)
    assert run.main([]) == 0
    assert "dev.tar not found" in capsys.readouterr().err


def test_named_questions_run_in_the_order_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dev.tar").touch()
    done: list[str] = []
    monkeypatch.setattr(run, "DATA", tmp_path)
    monkeypatch.setattr(run, "run", done.extend)
    run.main(["labels", "which_method"])
    assert done == ["which_method", "labels"]
