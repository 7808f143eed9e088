"""`modgap space`."""

from __future__ import annotations

from pathlib import Path


def test_it_says_what_was_written_and_what_to_do(run, tmp_path: Path) -> None:
    done = run("space", tmp_path / "space")
    assert done.returncode == 0
    assert "for a CPU" in done.stdout
    assert "Commit it to your Space and push" in done.stdout
    assert (tmp_path / "space" / "app.py").is_file()


def test_for_zero_gpu(run, tmp_path: Path) -> None:
    assert "for ZeroGPU" in run("space", tmp_path / "space", "--zero").stdout


def test_a_folder_of_something_else_is_refused(run, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    done = run("space", tmp_path)
    assert done.returncode == 1
    assert "holds something else" in done.stderr
