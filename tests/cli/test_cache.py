"""`modgap cache`, and the cache in other commands."""

import json
from pathlib import Path

import pytest

from modgap.io.vector_cache import FILE

pytestmark = pytest.mark.usefixtures("loaded_once")


def test_a_second_search_takes_all_from_the_cache(run, folder: Path, cache_folder: Path) -> None:
    search = ("search", folder, "red", "--method", "raw", "--json")
    without = run(*search, "--no-cache")
    assert without.returncode == 0
    assert list(cache_folder.iterdir()) == []
    first, second = run(*search), run(*search)
    assert "from the cache, 0 computed" in second.stderr
    assert first.stdout == second.stdout == without.stdout

    info = json.loads(run("cache", "info", "--json").stdout)
    assert (info["path"], info["max_bytes"]) == (str(cache_folder / FILE), 2_000_000_000)
    assert info["vectors"] == info["models"]["modgap-mini-2"] == 6, "two pictures, three texts and the query"
    assert f"modgap-mini-2  {info['vectors']}" in run("cache", "info").stdout

    assert json.loads(run("cache", "clear", "--json").stdout)["cleared"] == 6
    assert run("cache", "clear").stdout.startswith("Deleted 0 vectors")
    assert json.loads(run("cache", "info", "--json").stdout)["vectors"] == 0


def test_a_foreign_file_is_reported_and_the_search_goes_on(run, folder: Path, cache_folder: Path) -> None:
    (cache_folder / FILE).write_bytes(b"something else entirely " * 100)
    done = run("search", folder, "red", "--method", "raw", "--json")
    assert done.returncode == 0
    assert "was set aside as modgap-vectors.sqlite.set-aside" in done.stderr.replace("\n", " ")
    assert len(json.loads(done.stdout)["hits"]) == 5


def test_an_unusable_cache_is_bad_input_only_for_the_cache_commands(run, folder: Path, tmp_path: Path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("MODGAP_CACHE", str(tmp_path / "file"))
    done = run("search", folder, "red", "--method", "raw")
    assert done.returncode == 0
    assert "cannot be used" in done.stderr
    for command in ("info", "clear"):
        done = run("cache", command)
        assert done.returncode == 1
        assert "set MODGAP_CACHE to a folder that can be written" in done.stderr
    monkeypatch.setenv("MODGAP_CACHE_MB", "lots")
    done = run("cache", "info")
    assert done.returncode == 1
    assert 'MODGAP_CACHE_MB is "lots"' in done.stderr
