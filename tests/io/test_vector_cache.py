"""The vector cache: what it knows and what not, shared, cut short, foreign, full."""

import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from modgap.errors import CacheError
from modgap.io.sqlite_file import set_aside_name
from modgap.io.vector_cache import FILE, VectorCache, file_key, text_key

DAY = 86_400


def some(n: int, *, seed: int = 0, d: int = 16) -> dict[bytes, np.ndarray]:
    """n vectors by keys."""
    rows = np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)
    return {text_key(f"{seed}/{i}"): row for i, row in enumerate(rows)}


def agree(found: dict[bytes, np.ndarray], expected: dict[bytes, np.ndarray]) -> bool:
    return all(np.array_equal(vector, expected[key]) for key, vector in found.items())


def test_what_was_put_is_found_again_to_the_last_bit(tmp_path: Path) -> None:
    vectors = some(1200)
    with VectorCache(tmp_path) as cache:
        cache.put("model", vectors)
    with VectorCache(tmp_path) as cache:
        found = cache.get("model", [*vectors, text_key("new")])
        assert found.keys() == vectors.keys()
        assert agree(found, vectors)
        assert (cache.found, cache.added, cache.notes) == (1200, 0, [])


def test_another_model_does_not_find_them(tmp_path: Path) -> None:
    with VectorCache(tmp_path) as cache:
        cache.put("model", some(3))
        assert cache.get("other", list(some(3))) == {}


def test_a_text_and_a_file_of_the_same_bytes_have_different_keys(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("same", encoding="utf-8")
    keys = {text_key("same"), file_key(file, read_as="picture/1"), file_key(file, read_as="picture/2")}
    assert len(keys) == 3
    assert {len(key) for key in keys} == {32}
    assert text_key("\ud800") != text_key("")


WRITE = """
import sys, numpy as np
from modgap.io.vector_cache import VectorCache, text_key
folder, who = sys.argv[1:]
with VectorCache(folder) as cache:
    for batch in range(40):
        cache.put("model", {text_key(f"{name} {batch} {i}"): np.full(8, batch, np.float32)
                            for name in (who, "both") for i in range(10)})
    assert not cache.notes, cache.notes
"""


def test_processes_that_begin_and_write_at_once_lose_nothing(tmp_path: Path) -> None:
    started = [subprocess.Popen([sys.executable, "-c", WRITE, str(tmp_path), who]) for who in ("a", "b", "c")]
    assert [process.wait() for process in started] == [0, 0, 0]
    with VectorCache(tmp_path) as cache:
        for name in ("a", "b", "c", "both"):
            expected = {
                text_key(f"{name} {b} {i}"): np.full(8, b, dtype=np.float32) for b in range(40) for i in range(10)
            }
            found = cache.get("model", list(expected))
            assert found.keys() == expected.keys()
            assert agree(found, expected)
        assert cache.info().vectors == 4 * 400


@pytest.mark.parametrize("share", [0.001, 0.3, 0.9])
def test_a_truncated_file_is_noticed_set_aside_and_replaced(tmp_path: Path, share: float) -> None:
    vectors = some(2000)
    with VectorCache(tmp_path) as cache:
        cache.put("model", vectors)
    file = tmp_path / FILE
    with file.open("r+b") as opened:
        opened.truncate(int(file.stat().st_size * share))
    with VectorCache(tmp_path) as cache:
        assert cache.get("model", list(vectors)) == {}
        assert "set aside as modgap-vectors.sqlite.set-aside and a new one was started" in cache.notes[0]
        cache.put("model", vectors)
        assert len(cache.get("model", list(vectors))) == 2000
        assert len(cache.notes) == 1
    assert set_aside_name(file).exists()


def test_damaged_pages_never_give_a_wrong_vector(tmp_path: Path) -> None:
    vectors = some(500, d=128)
    with VectorCache(tmp_path) as cache:
        cache.put("model", vectors)
    file = tmp_path / FILE
    sound = file.read_bytes()
    for position in np.linspace(100, len(sound) - 200, 12).astype(int):
        file.write_bytes(sound[:position] + b"\xff\x00\x55" * 40 + sound[position + 120 :])
        with VectorCache(tmp_path) as cache:
            found = cache.get("model", list(vectors))
            assert agree(found, vectors)
            assert len(found) == 500 or cache.notes
            cache.put("model", vectors)
            assert len(cache.get("model", list(vectors))) in (0, 500)


def test_a_damaged_row_is_dropped_and_reported(tmp_path: Path) -> None:
    vectors = some(3)
    with VectorCache(tmp_path) as cache:
        cache.put("model", vectors)
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("UPDATE vectors SET vector = zeroblob(64) WHERE rowid = 2")
    connection.close()
    with VectorCache(tmp_path) as cache:
        assert len(cache.get("model", list(vectors))) == 2
        assert cache.notes[0].startswith("1 vectors in the cache")
        assert cache.info().vectors == 2


def test_a_file_that_breaks_while_it_is_open_is_replaced_once(tmp_path: Path) -> None:
    vectors = some(2000)
    with VectorCache(tmp_path) as first, VectorCache(tmp_path) as second:
        first.put("model", vectors)
        first.close()
        second.get("model", [])
        with (tmp_path / FILE).open("r+b") as opened:
            opened.truncate(40_000)
        for cache in (first, second):
            assert cache.get("model", list(vectors)) == {}
            cache.put("model", some(10))
        assert len(first.get("model", list(some(10)))) == 10
        assert [len(cache.notes) for cache in (first, second)] == [1, 0]


def foreign_text(path: Path) -> None:
    path.write_text("my notes, " * 1000, encoding="utf-8")


def foreign_database(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE vectors (mine TEXT)")
    connection.close()


def another_format(path: Path) -> None:
    with VectorCache(path.parent) as cache:
        cache.put("model", some(3))
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (foreign_text, "not a database"),
        (foreign_database, "another program"),
        (another_format, "another version of modgap"),
    ],
)
def test_a_foreign_file_is_kept_aside_untouched(tmp_path: Path, make, reason: str) -> None:
    file = tmp_path / FILE
    make(file)
    content = file.read_bytes()
    with VectorCache(tmp_path) as cache:
        assert cache.get("model", list(some(3))) == {}
        assert reason in cache.notes[0]
        cache.put("model", some(3))
        assert len(cache.get("model", list(some(3)))) == 3
    assert set_aside_name(file).read_bytes() == content


WRITE_AND_DIE = """
import os, sys, numpy as np
from modgap.io.vector_cache import VectorCache, text_key
cache = VectorCache(sys.argv[1])
cache.put("model", {text_key("a"): np.ones(8, np.float32)})
os._exit(9)  # while the cache is still held: closing it would fold the log into the file
"""


def test_what_a_killed_process_wrote_is_found(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", WRITE_AND_DIE, str(tmp_path)], check=False)
    assert Path(f"{tmp_path / FILE}-wal").stat().st_size > 0, "it left its log"
    with VectorCache(tmp_path) as cache:
        assert len(cache.get("model", [text_key("a")])) == 1


def test_beyond_its_limit_the_longest_unused_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    with VectorCache(tmp_path, max_bytes=1_000_000) as cache:
        for day in range(10):
            monkeypatch.setattr(time, "time", lambda day=day: now + day * DAY)
            cache.put("model", some(60, seed=day, d=512))
            assert cache.get("model", list(some(60, seed=0, d=512))), "those of the first day are used every day"
    assert (tmp_path / FILE).stat().st_size <= 1_000_000
    with VectorCache(tmp_path) as cache:
        left = [len(cache.get("model", list(some(60, seed=day, d=512)))) for day in range(10)]
    assert left[0] == left[9] == 60
    assert left[1] == left[2] == 0
    assert sum(left) > 200


def test_a_cache_smaller_than_a_batch_is_no_error(tmp_path: Path) -> None:
    with VectorCache(tmp_path, max_bytes=1) as cache:
        cache.put("model", some(100))
        assert cache.get("model", list(some(100))) == {}
        assert cache.notes == []


def test_info_counts_by_model_and_clear_forgets_while_another_goes_on(tmp_path: Path) -> None:
    with VectorCache(tmp_path) as cache, VectorCache(tmp_path) as other:
        cache.put("1", some(300, d=512), name="small")
        cache.put("2", some(2), name="large")
        other.put("1", some(1, seed=7), name="small")
        info = cache.info()
        assert (info.path, info.vectors, info.models) == (tmp_path / FILE, 303, {"large": 2, "small": 301})
        set_aside_name(tmp_path / FILE).write_bytes(b"old")
        before = info.bytes
        assert cache.clear() == 303
        assert cache.info().bytes < before / 3
        assert cache.info().vectors == 0
        other.put("1", some(1, seed=7))
        assert agree(cache.get("1", list(some(1, seed=7))), some(1, seed=7))
        assert cache.get("2", list(some(1, seed=7))) == {}
    assert sorted(path.name for path in tmp_path.iterdir()) == [FILE, f"{FILE}.lock"]


@pytest.mark.parametrize("ask", [VectorCache.info, VectorCache.clear])
def test_info_and_clear_of_a_broken_file_start_again(tmp_path: Path, ask) -> None:
    with VectorCache(tmp_path) as cache:
        cache.put("model", some(2000))
    file = tmp_path / FILE
    sound = file.read_bytes()
    file.write_bytes(sound[:16_384] + bytes(len(sound) - 16_384))
    with VectorCache(tmp_path) as cache:
        ask(cache)
        assert "set aside" in cache.notes[0]
        assert cache.info().vectors == 0


def test_a_folder_that_cannot_be_used_is_said_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with VectorCache(tmp_path / "file") as cache:
        assert cache.get("model", list(some(3))) == {}
        cache.put("model", some(3))
        assert len(cache.notes) == 1
        assert "set MODGAP_CACHE to a folder that can be written" in cache.notes[0]
        with pytest.raises(CacheError, match="cannot be used"):
            cache.info()


def test_a_locked_cache_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modgap.io.sqlite_file.LOCK_TIMEOUT", 0.1)
    with VectorCache(tmp_path) as cache:
        cache.put("model", some(3))
        blocker = sqlite3.connect(tmp_path / FILE, isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        cache.put("model", some(3, seed=1))
        blocker.close()
        assert "is no longer used (database is locked)" in cache.notes[0]
        assert cache.get("model", list(some(3))) == {}
    assert not set_aside_name(tmp_path / FILE).exists()


def test_the_environment_says_where_and_how_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODGAP_CACHE", str(tmp_path / "here"))
    monkeypatch.setenv("MODGAP_CACHE_MB", "1.5")
    cache = VectorCache()
    assert (cache.path, cache.max_bytes) == (tmp_path / "here" / FILE, 1_500_000)
    assert not (tmp_path / "here").exists(), "nothing is made before it is needed"
    monkeypatch.delenv("MODGAP_CACHE")
    assert VectorCache().path.parts[-2:] == ("modgap", FILE)
    for wrong in ("many", "0", "-1", "nan", "inf"):
        monkeypatch.setenv("MODGAP_CACHE_MB", wrong)
        with pytest.raises(CacheError, match="MODGAP_CACHE_MB"):
            VectorCache()
