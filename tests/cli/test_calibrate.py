"""`modgap calibrate`."""

import json
from pathlib import Path

import pytest

from modgap.calibration import Calibration


def test_the_document_printed_is_the_file_written(run, vectors: Path) -> None:
    done = run("calibrate", "corpus.npz", "--queries", "queries.npz", "--out", "c.json", "--json", cwd=vectors)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == json.loads((vectors / "c.json").read_text(encoding="utf-8"))
    assert Calibration.load(vectors / "c.json").counts == {"text": 12, "image": 12}
    assert "12 pictures and 12 passages, as precomputed vectors." in done.stderr


def test_the_table_has_one_row_for_each_query_modality_and_group(run, vectors: Path) -> None:
    done = run("calibrate", "corpus.npz", "--queries", "queries.npz", cwd=vectors)
    statistics = Calibration.load(vectors / "calibration.json").statistics
    rows = [line.replace("│", " ").split() for line in done.stdout.splitlines()]
    for query_modality, by_group in statistics.items():
        for group, each in by_group.items():
            assert [query_modality, group, f"{each.mean:.4f}"] in [row[:3] for row in rows]
    assert "text queries: 12, given" in done.stderr
    assert "Saved to calibration.json" in done.stderr


def test_update_merges_queries_into_a_calibration(run, vectors: Path) -> None:
    run("calibrate", "corpus.npz", "--queries", "queries.npz", "--out", "c.json", cwd=vectors)
    before = Calibration.load(vectors / "c.json")
    updated = ("calibrate", "corpus.npz", "--queries", "queries.npz", "--update", "c.json")
    assert run(*updated, "--out", "d.json", cwd=vectors).returncode == 0
    assert Calibration.load(vectors / "c.json") == before
    assert Calibration.load(vectors / "d.json").queries["text"].count == 24
    assert run(*updated, cwd=vectors).returncode == 0
    assert Calibration.load(vectors / "c.json").queries["text"].count == 24


def test_update_without_queries_is_bad_usage(usage_error) -> None:
    assert "needs --queries" in usage_error("calibrate", "gone.npz", "--update", "c.json")


def test_the_figure_of_the_densities_is_drawn(run, vectors: Path) -> None:
    done = run("calibrate", "corpus.npz", "--plot", "densities.png", "--json", cwd=vectors)
    assert json.loads(done.stdout)["format"]
    assert (vectors / "densities.png").read_bytes()[:4] == b"\x89PNG"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["calibrate", "texts"], "has no pictures, only passages (1)"),
        (["calibrate", "corpus.npz", "--queries", "queries.npz", "--update", "foreign.json"], "3-dimensional"),
        (["calibrate", "corpus.npz", "--out", "corpus.npz/c.json"], "cannot be written"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_1(refuse, bad_inputs: Path, arguments: list[str], message: str) -> None:
    refuse(bad_inputs, arguments, message)
