"""The cache as the command line shows it."""

import json
import sys
from pathlib import Path

import pytest

import modgap
from modgap.cli.main import main
from modgap.encoders import Encoder
from modgap.io.vector_cache import FILE


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return modgap.load_encoder(device="cpu")


@pytest.fixture(autouse=True)
def loaded_once(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modgap, "load_encoder", lambda name: encoder)


def run(arguments: list[object], monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sys, "argv", ["modgap", *map(str, arguments)])
    try:
        main()
    except SystemExit as stopped:
        return int(stopped.code or 0)
    return 0


def test_a_second_search_takes_all_from_the_cache(folder: Path, cache_folder: Path, monkeypatch, capsys) -> None:
    search = ["search", folder, "red", "--method", "raw", "--json"]
    assert run([*search, "--no-cache"], monkeypatch) == 0
    without = capsys.readouterr()
    assert list(cache_folder.iterdir()) == []
    assert run(search, monkeypatch) == 0
    first = capsys.readouterr()
    assert run(search, monkeypatch) == 0
    second = capsys.readouterr()
    assert "from the cache, 0 computed" in second.err
    assert first.out == second.out == without.out

    assert run(["cache", "info", "--json"], monkeypatch) == 0
    info = json.loads(capsys.readouterr().out)
    assert (info["path"], info["max_bytes"]) == (str(cache_folder / FILE), 2_000_000_000)
    assert info["vectors"] == info["models"]["modgap-mini"] == 6, "two pictures, three texts and the query"
    assert run(["cache", "info"], monkeypatch) == 0
    assert f"modgap-mini  {info['vectors']}" in capsys.readouterr().out

    assert run(["cache", "clear", "--json"], monkeypatch) == 0
    assert json.loads(capsys.readouterr().out)["cleared"] == 6
    assert run(["cache", "clear"], monkeypatch) == 0
    assert run(["cache", "info", "--json"], monkeypatch) == 0
    assert '"vectors": 0' in capsys.readouterr().out


def test_a_foreign_file_is_reported_and_the_search_goes_on(
    folder: Path, cache_folder: Path, monkeypatch, capsys
) -> None:
    (cache_folder / FILE).write_bytes(b"something else entirely " * 100)
    assert run(["search", folder, "red", "--method", "raw", "--json"], monkeypatch) == 0
    printed = capsys.readouterr()
    assert "was set aside as modgap-vectors.sqlite.set-aside" in printed.err.replace("\n", " ")
    assert len(json.loads(printed.out)["hits"]) == 5


def test_a_cache_that_cannot_be_used_is_bad_input_only_where_it_is_asked_for(
    folder: Path, tmp_path: Path, monkeypatch, capsys
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("MODGAP_CACHE", str(tmp_path / "file"))
    assert run(["search", folder, "red", "--method", "raw"], monkeypatch) == 0
    assert "cannot be used" in capsys.readouterr().err
    for command in ("info", "clear"):
        assert run(["cache", command], monkeypatch) == 1
        assert "set MODGAP_CACHE to a folder that can be written" in capsys.readouterr().err
    monkeypatch.setenv("MODGAP_CACHE_MB", "lots")
    assert run(["cache", "info"], monkeypatch) == 1
    assert 'MODGAP_CACHE_MB is "lots"' in capsys.readouterr().err
