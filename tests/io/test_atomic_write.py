"""Atomic writes: the new content, or the old file as it was."""

from pathlib import Path

import pytest

from modgap.errors import CalibrationError
from modgap.io import atomic_write
from modgap.io.atomic_write import write_atomically


def test_folders_are_created_and_an_older_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "a.bin"
    write_atomically(path, b"old", error=CalibrationError)
    write_atomically(path, b"new", error=CalibrationError)
    assert path.read_bytes() == b"new"
    assert list(path.parent.iterdir()) == [path]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic_write.os, "replace", full)
    with pytest.raises(CalibrationError, match=r"a\.bin cannot be written: No space left on device\."):
        write_atomically(path, b"new", error=CalibrationError)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_parent_that_is_a_file_is_an_error_of_the_callers_family(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CalibrationError, match="cannot be written"):
        write_atomically(tmp_path / "file" / "a.bin", b"new", error=CalibrationError)
