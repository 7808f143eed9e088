"""Room on a disk is asked for before a mapped file is filled."""

import errno
from pathlib import Path

import pytest

from modgap.io import disk_room
from modgap.io.disk_room import require_room


def test_what_fits_passes_and_what_does_not_is_a_full_disk(tmp_path: Path) -> None:
    require_room(tmp_path, 1)
    with pytest.raises(OSError, match=r"takes 1000000000\.0 GB") as full:
        require_room(tmp_path, 10**18)
    assert full.value.errno == errno.ENOSPC


def test_exactly_what_is_free_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = disk_room.shutil.disk_usage(tmp_path)._replace(free=100)
    monkeypatch.setattr(disk_room.shutil, "disk_usage", lambda folder: usage)
    require_room(tmp_path, 100)
    with pytest.raises(OSError, match="are free"):
        require_room(tmp_path, 101)
