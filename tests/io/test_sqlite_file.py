"""The file of the cache: how it is created, marked, refused and set aside."""

import sqlite3
from pathlib import Path

import pytest

from modgap.errors import CacheError
from modgap.io.sqlite_file import (
    APPLICATION_ID,
    default_folder,
    default_max_bytes,
    inode,
    is_damage,
    open_cache_file,
    set_aside_name,
    size,
)


def test_a_new_file_carries_its_mark_and_its_tables(tmp_path: Path) -> None:
    connection, note = open_cache_file(tmp_path / "new" / "c.sqlite")
    assert note == ""
    assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    assert connection.execute("SELECT count(*) FROM vectors").fetchone() == (0,)
    connection.close()


def test_a_file_of_another_version_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    connection, _ = open_cache_file(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    connection, note = open_cache_file(path)
    connection.close()
    assert "was written by another version of modgap" in note
    assert set_aside_name(path).name == "c.sqlite.set-aside"
    assert set_aside_name(path).exists()


def test_a_broken_file_is_replaced_once(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    open_cache_file(path)[0].close()
    broken = inode(path)
    first, note = open_cache_file(path, replace=broken)
    assert "is damaged" in note
    second, note = open_cache_file(path, replace=broken)  # another process asks for the same
    assert note == ""
    first.close()
    second.close()


def test_only_damage_is_blamed_on_the_file() -> None:
    assert is_damage(sqlite3.DatabaseError("malformed"))
    assert not is_damage(sqlite3.OperationalError("database is locked"))


def test_sizes_and_inodes_of_files_that_are_not_there_are_zero(tmp_path: Path) -> None:
    assert (size(tmp_path / "gone"), inode(tmp_path / "gone")) == (0, 0)
    (tmp_path / "c").write_bytes(b"123")
    (tmp_path / "c-wal").write_bytes(b"4567")
    assert size(tmp_path / "c") == 7


def test_the_environment_sets_folder_and_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODGAP_CACHE", " ~/here ")
    assert default_folder() == Path("~/here").expanduser()
    assert default_max_bytes() == 2_000_000_000
    monkeypatch.setenv("MODGAP_CACHE_MB", "0.5")
    assert default_max_bytes() == 500_000
    for wrong in ("many", "0", "-1", "nan", "inf"):
        monkeypatch.setenv("MODGAP_CACHE_MB", wrong)
        with pytest.raises(CacheError, match=f'MODGAP_CACHE_MB is "{wrong}"'):
            default_max_bytes()
