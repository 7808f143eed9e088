"""`modgap index`."""

import json
from pathlib import Path

import numpy as np
import pytest

from modgap.engines import hnsw
from modgap.io.assets import asset_path


@pytest.mark.usefixtures("loaded_once", "sample_cache")
def test_every_command_takes_the_folder_in_place_of_the_corpus(run, tmp_path: Path) -> None:
    corpus, folder = asset_path("sample", "corpus"), tmp_path / "index"
    written = json.loads(run("index", corpus, "--out", folder, "--json").stdout)
    assert written["counts"] == {"text": 120, "image": 39}
    assert written["calibrated"] is True
    assert written["bytes"] == sum(path.stat().st_size for path in folder.iterdir())
    for command in (["search", "windmill", "--json"], ["search", f"@{corpus}/photos/giant-panda.webp", "--json"]):
        there, here = (json.loads(run(command[0], place, *command[1:]).stdout) for place in (folder, corpus))
        assert [hit["id"] for hit in there["hits"]] == [hit["id"] for hit in here["hits"]]
        assert there["hits"][0]["z"] == pytest.approx(here["hits"][0]["z"], abs=1e-5)
    there, here = (json.loads(run("gap", place, "--json").stdout)["metrics"] for place in (folder, corpus))
    assert there == pytest.approx(here, abs=1e-5, nan_ok=True)
    labels = asset_path("sample", "queries.jsonl")
    there, here = (
        json.loads(run("evaluate", place, "--queries", labels, "--methods", "raw,standardized", "--json").stdout)
        for place in (folder, corpus)
    )
    assert there["methods"]["standardized"]["all"]["ndcg@10"] == pytest.approx(
        here["methods"]["standardized"]["all"]["ndcg@10"], abs=1e-9
    )
    made = run("calibrate", folder, "--out", tmp_path / "c.json", "--json")
    assert json.loads(made.stdout)["fingerprint"] == written["fingerprint"]


def test_vectors_become_a_folder_without_a_model(run, vectors: Path) -> None:
    done = run("index", "corpus.npz", "--out", "index", "--no-calibrate", cwd=vectors)
    assert "12 pictures and 12 passages" in done.stdout
    assert not (vectors / "index" / "calibration.json").exists()
    there, here = (
        json.loads(run("search", place, "@queries.npz:q3", "--json", cwd=vectors).stdout)
        for place in ("index", "corpus.npz")
    )
    assert there["hits"] == here["hits"]


def test_a_corpus_of_one_group_is_written_and_why_it_is_not_calibrated_is_said(run, bad_inputs: Path) -> None:
    done = run("index", "texts", "--out", "index", cwd=bad_inputs)
    assert done.returncode == 0
    assert "Not calibrated:" in done.stderr


def test_a_folder_that_is_no_index_is_not_overwritten(refuse, vectors: Path) -> None:
    (vectors / "photos").mkdir()
    refuse(vectors, ["index", "corpus.npz", "--out", "photos"], "is not an index folder")


def test_an_approximate_index_says_how_much_it_finds(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hnsw, "SMALLEST", 50)
    rng = np.random.default_rng(0)
    ids, modality = [f"d{n}" for n in range(200)], np.repeat(["text", "image"], 100)
    np.savez(tmp_path / "corpus.npz", ids=ids, modality=modality, vectors=rng.normal(size=(200, 8)))
    written = json.loads(run("index", "corpus.npz", "--out", "big", "--index", "hnsw", "--json", cwd=tmp_path).stdout)
    assert written["index"] == "hnsw"
    assert {each["group"] for each in written["recall"]} == {"text", "image"}
    found = run("search", "big", "@corpus.npz:d3", "--json", cwd=tmp_path)
    assert json.loads(found.stdout)["recall"] == written["recall"]
    assert "of the exact top 10 of pictures" in run("search", "big", "@corpus.npz:d3", cwd=tmp_path).stderr
    assert "of the exact top 10 of pictures" in run("calibrate", "big", cwd=tmp_path).stderr


def test_an_unknown_index_is_bad_usage(usage_error) -> None:
    assert 'no index "ivf"' in usage_error("index", "nowhere", "--out", "x", "--index", "ivf")


def test_the_limits_are_options(run, refuse, vectors: Path) -> None:
    refuse(vectors, ["index", "corpus.npz", "--out", "x", "--max-items", "5"], "limit items: 5")
    assert run("index", "corpus.npz", "--out", "x", "--max-items", "24", cwd=vectors).returncode == 0


def test_an_index_folder_keeps_its_index_unless_another_is_given(run, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(hnsw, "SMALLEST", 50)
    rng = np.random.default_rng(0)
    ids, modality = [f"d{n}" for n in range(200)], np.repeat(["text", "image"], 100)
    np.savez(tmp_path / "corpus.npz", ids=ids, modality=modality, vectors=rng.normal(size=(200, 8)))
    run("index", "corpus.npz", "--out", "a", "--index", "hnsw", "--no-calibrate", cwd=tmp_path)
    for options, kept in (([], "hnsw"), (["--index", "exact"], "exact")):
        written = run("index", "a", "--out", "b", "--no-calibrate", "--json", *options, cwd=tmp_path)
        assert json.loads(written.stdout)["index"] == kept
        assert json.loads((tmp_path / "b" / "manifest.json").read_text())["index"].get("name", "exact") == kept
