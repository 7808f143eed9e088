"""`modgap export`."""

import json
import sqlite3
from pathlib import Path

import pytest

from modgap.engines.snippets import ENGINES


def test_it_prints_what_to_paste_and_nothing_else(run, vectors: Path) -> None:
    run("calibrate", "corpus.npz", "--queries", "queries.npz", cwd=vectors)
    done = run("export", "calibration.json", "--to", "sql")
    assert (done.returncode, done.stderr) == (0, "")
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE scores (id, modality, cosine)")
    database.execute("INSERT INTO scores VALUES (1, 'image', 0.5)")
    statistics = json.loads(Path("calibration.json").read_text(encoding="utf-8"))["statistics"]
    by = {modality: statistics[modality]["image"] for modality in ("text", "image")}
    assert database.execute(done.stdout).fetchone()[3] == pytest.approx((0.5 - by["text"]["mean"]) / by["text"]["std"])
    image = run("export", "calibration.json", "--to", "sql", "--query-modality", "image").stdout
    assert database.execute(image).fetchone()[3] == pytest.approx((0.5 - by["image"]["mean"]) / by["image"]["std"])


def test_a_missing_calibration_is_exit_1(refuse, tmp_path: Path) -> None:
    refuse(tmp_path, ["export", "gone.json", "--to", "sql"], "gone.json cannot be read")


def test_an_engine_must_be_named(usage_error) -> None:
    assert "--to" in usage_error("export", "calibration.json")


def test_an_unknown_engine_is_bad_usage_before_the_file_is_read(usage_error) -> None:
    said = usage_error("export", "gone.json", "--to", "solr")
    assert "--to" in said
    known = ", ".join(ENGINES)
    assert f'there is no engine "solr". Known: {known}.' in said


def test_an_unknown_query_modality_is_bad_usage(usage_error) -> None:
    said = usage_error("export", "gone.json", "--to", "sql", "--query-modality", "sound")
    assert "--query-modality" in said
    assert 'there is no query modality "sound". Known: text, image.' in said
