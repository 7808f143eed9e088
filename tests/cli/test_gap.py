"""`modgap gap`, `modgap export` and `--plot` as their users meet them."""

import json
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from modgap.metrics.catalogue import GAP_METRICS


@pytest.fixture(autouse=True)
def _in_a_folder_of_vectors(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every command runs in a folder with a corpus, pairs and queries."""
    rng = np.random.default_rng(0)
    topics = rng.normal(size=(12, 8))
    images = topics + np.eye(8)[0] * 5
    ids = [f"{m}{i}" for m in "ti" for i in range(12)]
    np.savez(
        tmp_path / "corpus.npz",
        ids=ids,
        modality=["text"] * 12 + ["image"] * 12,
        vectors=np.concatenate([topics, images]),
    )
    np.savez(tmp_path / "pairs.npz", image=images, text=topics)
    queries = topics + rng.normal(scale=0.3, size=topics.shape)
    np.savez(tmp_path / "queries.npz", ids=[f"q{i}" for i in range(12)], modality=["text"] * 12, vectors=queries)
    monkeypatch.chdir(tmp_path)


def test_gap_prints_one_document(run) -> None:
    done = run("gap", "corpus.npz", "--queries", "queries.npz", "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["metrics"].keys() == {name for name, metric in GAP_METRICS.items() if metric.needs != "pairs"}
    assert document["severity"] in ("severe", "moderate", "low")
    assert document["counts"] == {"text": 12, "image": 12, "pairs": 0, "queries": 12}
    assert document["left_out"].keys() == {"paired_distance", "rmg", "alignment"}


def test_gap_of_pairs_has_every_metric(run) -> None:
    document = json.loads(run("gap", "pairs.npz", "--json").stdout)
    assert document["metrics"].keys() == GAP_METRICS.keys()
    assert document["counts"]["pairs"] == 12


def test_the_table_says_what_each_metric_means_and_which_way_is_better(run) -> None:
    done = run("gap", "corpus.npz")
    shown = " ".join(done.stdout.split())
    assert "How far the mean picture lies from the mean passage." in shown
    assert "0.5 is chance" in shown
    assert "Alignment is left out: no picture is known to belong to a text." in " ".join(done.stderr.split())


@pytest.mark.parametrize("name", ["map.png", "map.svg"])
def test_gap_draws_the_map(run, name: str) -> None:
    done = run("gap", "corpus.npz", "--plot", name, "--json")
    assert json.loads(done.stdout)["severity"]
    assert f"Drawn into {name}" in done.stderr
    assert Path(name).stat().st_size > 5000


def test_calibrate_draws_the_densities(run) -> None:
    done = run("calibrate", "corpus.npz", "--plot", "densities.png", "--json")
    assert json.loads(done.stdout)["format"]
    assert Path("densities.png").read_bytes()[:4] == b"\x89PNG"


def test_export_prints_what_to_paste_and_nothing_else(run) -> None:
    run("calibrate", "corpus.npz", "--queries", "queries.npz")
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


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["gap", "gone.npz"], "gone.npz is not there"),
        (["gap", "corpus.npz", "--plot", "map.bmp"], "written as .png or .svg"),
        (["export", "gone.json", "--to", "sql"], "gone.json cannot be read"),
        (["export", "calibration.json", "--to", "solr"], "Known: python, opensearch, qdrant, milvus, sql"),
        (["export", "calibration.json", "--to", "sql", "--query-modality", "sound"], 'Queries are "text" or "image"'),
    ],
)
def test_bad_input_is_one_sentence_and_exit_1(run, arguments: list[str], message: str) -> None:
    run("calibrate", "corpus.npz")
    done = run(*arguments)
    assert done.returncode == 1
    assert message in done.stderr
    assert done.stdout == ""


def test_export_without_an_engine_is_bad_usage(run) -> None:
    assert run("export", "calibration.json").returncode == 2
