"""Output that the commands share."""

import json
from pathlib import Path

import numpy as np
import pytest

from modgap.cli import terminal
from modgap.corpus import ReadReport, Skipped
from modgap.corpus.report import Duplicate
from modgap.io.vector_cache import text_key
from modgap.items import Item, Modality
from modgap.search.collection import Collection


def test_json_is_one_document_without_escapes(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.print_json({"id": "grüße.md", "z": None})
    printed = capsys.readouterr().out
    assert "grüße.md" in printed
    assert json.loads(printed) == {"id": "grüße.md", "z": None}
    with pytest.raises(ValueError, match="not JSON compliant"):
        terminal.print_json(float("nan"))


def test_the_first_of_each_outcome_are_reported_and_the_rest_counted(capsys: pytest.CaptureFixture[str]) -> None:
    skipped = [Skipped(f"{i}.heic", "is a HEIC photo") for i in range(12)]
    duplicates = [Duplicate(f"[red]{i}", "kept") for i in range(4)]
    terminal.print_report(ReadReport({"text": 1}, skipped, duplicates))
    printed = capsys.readouterr()
    assert printed.out == ""
    lines = printed.err.splitlines()
    assert lines[0] == "12 skipped:"
    assert lines[10:12] == ["  9.heic is a HEIC photo", "  and 2 more"]
    assert lines[12:14] == ["4 left out as exact duplicates:", "  [red]0 has the same content as kept"]
    assert lines[-1] == "  and 1 more"


def test_the_groups_of_a_corpus_are_counted_whatever_their_names(capsys: pytest.CaptureFixture[str]) -> None:
    items = [Item("a", Modality.TEXT, text="x"), Item("b", Modality.TEXT, text="y", group="[bold]")]
    terminal.print_corpus(Collection(items, np.eye(2, dtype=np.float32)))
    assert capsys.readouterr().err == '1 passage and 1 item of "[bold]", as precomputed vectors.\n'


def test_warnings_are_printed_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.print_warnings(["Only 3 [text] queries calibrated it."])
    assert capsys.readouterr().err == "Note: Only 3 [text] queries calibrated it.\n"


def test_progress_draws_nothing_where_stderr_is_not_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with terminal.progress_bars() as progress:
        for done in range(3):
            progress("Encoding", done, 2)
    assert capsys.readouterr().err.strip() == ""


def test_a_cache_that_is_off_touches_no_file(cache_folder: Path) -> None:
    with terminal.cache_and_progress(no_cache=True) as (cache, _):
        assert cache is None
    assert list(cache_folder.iterdir()) == []


def test_problems_of_the_cache_are_reported_when_it_is_closed(
    cache_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (cache_folder / "file").touch()
    monkeypatch.setenv("MODGAP_CACHE", str(cache_folder / "file"))
    with terminal.vector_cache() as cache:
        assert cache is not None
        assert cache.get("model", [text_key("a")]) == {}
        assert capsys.readouterr().err == ""
    assert capsys.readouterr().err.startswith("Note: ")


def test_the_vectors_saved_by_the_cache_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    key = text_key("a")
    with terminal.vector_cache() as cache:
        assert cache is not None
        cache.put("model", {key: np.ones(2, dtype=np.float32)})
    assert capsys.readouterr().err == ""
    with terminal.vector_cache() as cache:
        assert cache is not None
        cache.get("model", [key])
    assert capsys.readouterr().err == "1 vectors from the cache, 0 computed.\n"
