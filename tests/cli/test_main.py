"""The command line as its users meet it: a process, its output, its exit code."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from modgap.calibration import Calibration
from modgap.io.assets import asset_path
from modgap.methods import METHODS
from modgap.search.collection import Collection


@pytest.fixture
def vectors(tmp_path: Path) -> Path:
    """A folder with a corpus, queries and qrels as vectors, in which pictures lie far from the queries."""
    rng = np.random.default_rng(0)
    topics = rng.normal(size=(12, 16))
    shift = np.zeros(16)
    shift[0] = 6
    items = np.concatenate([topics, topics + shift]) + rng.normal(scale=0.2, size=(24, 16))
    ids = [f"t{i}" for i in range(12)] + [f"i{i}" for i in range(12)]
    np.savez(tmp_path / "corpus.npz", ids=ids, modality=["text"] * 12 + ["image"] * 12, vectors=items)
    queries = topics + rng.normal(scale=0.2, size=(12, 16))
    np.savez(tmp_path / "queries.npz", ids=[f"q{i}" for i in range(12)], modality=["text"] * 12, vectors=queries)
    lines = [f"q{i}\t0\t{'i' if i % 2 else 't'}{i}\t1" for i in range(12)]
    (tmp_path / "qrels.tsv").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


def test_calibrate_then_search_with_the_file(run, vectors: Path) -> None:
    done = run("calibrate", "corpus.npz", "--queries", "queries.npz", "--out", "c.json", "--json", cwd=vectors)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == json.loads((vectors / "c.json").read_text(encoding="utf-8"))
    assert Calibration.load(vectors / "c.json").counts == {"text": 12, "image": 12}
    assert "12 pictures and 12 passages, as precomputed vectors." in done.stderr

    found = run("search", "corpus.npz", "@queries.npz:q3", "--calibration", "c.json", "-k", 3, "--json", cwd=vectors)
    document = json.loads(found.stdout)
    assert (document["query"], document["method"]) == ("@queries.npz:q3", "standardized")
    assert {hit["id"] for hit in document["hits"][:2]} == {"t3", "i3"}
    assert [list(hit) for hit in document["hits"]] == [["rank", "id", "modality", "score", "z", "fit"]] * 3


def test_update_folds_queries_into_a_calibration(run, vectors: Path) -> None:
    run("calibrate", "corpus.npz", "--queries", "queries.npz", "--out", "c.json", cwd=vectors)
    before = Calibration.load(vectors / "c.json")
    updated = ("calibrate", "corpus.npz", "--queries", "queries.npz", "--update", "c.json")
    assert run(*updated, "--out", "d.json", cwd=vectors).returncode == 0
    assert Calibration.load(vectors / "c.json") == before
    assert Calibration.load(vectors / "d.json").queries["text"].count == 24
    assert run(*updated, cwd=vectors).returncode == 0
    assert Calibration.load(vectors / "c.json").queries["text"].count == 24
    assert run("calibrate", "corpus.npz", "--update", "c.json", cwd=vectors).returncode == 2


def test_drift_says_whether_queries_have_moved(run, vectors: Path) -> None:
    run("calibrate", "corpus.npz", "--queries", "queries.npz", "--out", "c.json", cwd=vectors)
    asked = ("drift", "corpus.npz", "--calibration", "c.json", "--queries", "queries.npz")
    document = json.loads(run(*asked, "--json", cwd=vectors).stdout)
    assert document["drifted"] is False
    assert [(d["query_modality"], d["item_modality"]) for d in document["pairs"]] == [
        ("text", "text"),
        ("text", "image"),
    ]
    assert run(*asked, cwd=vectors).stdout.startswith("12 word queries against passages: no drift seen")


def test_a_query_that_nothing_answers_is_told(run, vectors: Path) -> None:
    run("calibrate", "corpus.npz", "--queries", "queries.npz", "--out", "c.json", cwd=vectors)
    document = json.loads((vectors / "c.json").read_text(encoding="utf-8"))
    (vectors / "c.json").write_text(json.dumps({**document, "fit_threshold": 1.0}), encoding="utf-8")
    found = run("search", "corpus.npz", "@queries.npz:q3", "--calibration", "c.json", cwd=vectors)
    assert "No good match" in found.stderr


def test_search_calibrates_on_the_spot(run, vectors: Path) -> None:
    found = run("search", "corpus.npz", "@queries.npz:q3", "--json", cwd=vectors)
    assert {hit["modality"] for hit in json.loads(found.stdout)["hits"][:4]} == {"text", "image"}
    assert list(vectors.glob("*.json")) == []


def test_evaluate_prints_one_document(run, vectors: Path) -> None:
    done = run("evaluate", "corpus.npz", "--queries", "queries.npz", "--qrels", "qrels.tsv", "--json", cwd=vectors)
    document = json.loads(done.stdout)
    assert document["queries"] == 12
    assert set(document["methods"]) >= {"raw", "standardized", "oracle"}
    raw, standardized = (document["methods"][m]["image"]["recall@1"] for m in ("raw", "standardized"))
    assert standardized > raw
    table = run(
        "evaluate", "corpus.npz", "--queries", "queries.npz", "--qrels", "qrels.tsv", "--methods", "raw", cwd=vectors
    )
    assert "recall@20" in table.stdout
    assert "standardized" not in table.stdout


def test_models_lists_the_bundled_one_first(run) -> None:
    listed = json.loads(run("models", "--json").stdout)
    assert listed[0] == {"name": "modgap-mini", "source": "bundled"}
    assert {"name": "ViT-B-32/laion2b_s34b_b79k", "source": "download"} in listed


def test_the_sample_is_searched_by_words_and_by_picture(run) -> None:
    corpus = asset_path("sample", "corpus")
    words = json.loads(run("search", corpus, "giant panda", "--json").stdout)
    assert "photos/giant-panda.webp" in {hit["id"] for hit in words["hits"]}
    picture = run("search", corpus, f"@{corpus}/photos/giant-panda.webp", "-k", 5)
    assert picture.returncode == 0
    assert "giant-panda.webp" in picture.stdout
    assert "43 pictures and 120 passages" in picture.stderr


def test_a_folder_with_broken_files_is_searched_and_they_are_named(run, folder: Path) -> None:
    done = run("search", folder, "red", "--method", "raw", "--json")
    assert done.returncode == 0
    assert len(json.loads(done.stdout)["hits"]) == 5
    assert "broken.jpg" in done.stderr


def test_check_reports_what_can_be_used_and_what_looks_alike(run, folder: Path) -> None:
    picture = Image.radial_gradient("L")
    picture.save(folder / "sun.png")
    picture.resize((100, 100)).save(folder / "sun small.jpg")
    (folder / "copy.png").write_bytes((folder / "sun.png").read_bytes())
    (folder / "long.txt").write_text("A sentence of six plain words. " * 30, encoding="utf-8")
    done = run("check", folder, "--json")
    assert done.returncode == 0
    report = json.loads(done.stdout)
    assert report["read"] == {"text": 3 + report["cut"]["long.txt"], "image": 4}
    assert {each["id"] for each in report["skipped"]} == {"broken.jpg", "empty.txt", "table.xlsx"}
    assert report["duplicates"] == [{"id": "sun.png", "kept": "copy.png"}]
    assert [(each["id"], each["other"]) for each in report["near_identical"]] == [("sun small.jpg", "copy.png")]
    words = run("check", folder)
    assert "4 pictures and" in words.stdout
    assert "broken.jpg" in words.stderr
    assert "1 left out as exact duplicates" in words.stderr


def test_check_of_nothing_usable_is_exit_1(run, tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 this is no picture")
    done = run("check", tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "broken.jpg cannot be decoded" in done.stderr


def test_lines_of_a_text_become_passages(run, tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text("one\n\nthree\n", encoding="utf-8")
    assert json.loads(run("check", tmp_path, "--json").stdout)["read"]["text"] == 1
    assert json.loads(run("check", tmp_path / "t.txt", "--lines", "--json").stdout)["read"]["text"] == 2


def test_evaluate_counts_labels_of_left_out_items_and_reports_them(run, vectors: Path) -> None:
    done = run("evaluate", "corpus.npz", "--queries", "queries.npz", "--qrels", "qrels.tsv", "--json", cwd=vectors)
    assert json.loads(done.stdout)["report"]["read"] == {"text": 12, "image": 12}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["search", "gone", "x"], "gone is not there"),
        (["search", "empty", "x"], "holds no picture or text"),
        (["search", "texts", "x"], "has no pictures, only passages (1)"),
        (["calibrate", "texts"], "has no pictures, only passages (1)"),
        (["search", "corpus.npz", "x"], "query must be a vector"),
        (["search", "corpus.npz", "@gone.npz"], "gone.npz is not there"),
        (["search", "corpus.npz", "@queries.npz", "--method", "magic"], "Known: raw, standardized"),
        (["search", "texts", "x", "--method", "magic", "--model", "nosuch"], 'no method "magic"'),
        (["search", "corpus.npz", "@queries.npz", "--calibration", "foreign.json"], "3-dimensional"),
        (["search", "corpus.npz", "@queries.npz", "--calibration", "qrels.tsv"], "not JSON"),
        (["search", "texts", "x", "--model", "nosuch"], 'no model "nosuch"'),
        (["search", "texts", "x", "--model", "ViT-B-32/laion2b_s34b_b79"], "did you mean ViT-B-32/laion2b_s34b_b79k"),
        (["drift", "corpus.npz", "--calibration", "foreign.json", "--queries", "queries.npz"], "3-dimensional"),
        (["calibrate", "corpus.npz", "--queries", "queries.npz", "--update", "foreign.json"], "3-dimensional"),
        (["evaluate", "corpus.npz", "--queries", "gone.npz"], "gone.npz is not there"),
        (["evaluate", "corpus.npz", "--queries", "queries.npz"], "No query is labelled"),
        (["calibrate", "corpus.npz", "--out", "corpus.npz/c.json"], "cannot be written"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_1(run, vectors: Path, toy, arguments: list[str], message: str) -> None:
    (vectors / "empty").mkdir()
    (vectors / "texts").mkdir()
    (vectors / "texts" / "a.txt").write_text("alone", encoding="utf-8")
    queries, items, modality = toy
    Collection.from_vectors(["t0", "t1", "i0", "i1"], modality, items).calibrate(queries).save(vectors / "foreign.json")
    before = sorted(path.name for path in vectors.rglob("*"))
    done = run(*arguments, cwd=vectors)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert sorted(path.name for path in vectors.rglob("*")) == before


@pytest.mark.parametrize("arguments", [["search"], ["nosuch"], ["search", "a", "b", "-k", "0"], ["evaluate", "a"]])
def test_bad_usage_is_exit_2(run, arguments: list[str]) -> None:
    assert run(*arguments).returncode == 2


def test_version(run) -> None:
    assert run("--version").stdout.strip() == "0.1.0"


def test_a_real_process_prints_only_json_on_stdout_and_its_exit_code(vectors: Path) -> None:
    command = [sys.executable, "-m", "modgap", "search", "corpus.npz"]
    good = subprocess.run(
        [*command, "@queries.npz", "--json"], capture_output=True, text=True, cwd=vectors, check=False
    )
    assert (good.returncode, json.loads(good.stdout)["method"]) == (0, "standardized")
    bad = subprocess.run([*command, "words"], capture_output=True, text=True, cwd=vectors, check=False)
    assert (bad.returncode, bad.stdout) == (1, "")
    assert bad.stderr.startswith("modgap: This collection holds precomputed vectors")


def test_search_and_evaluate_take_every_method(run, vectors: Path) -> None:
    labels = ("--queries", "queries.npz", "--qrels", "qrels.tsv")
    document = json.loads(run("evaluate", "corpus.npz", *labels, "--json", cwd=vectors).stdout)
    untrained = [name for name in METHODS if name.startswith("i0t_async")]  # these queries are too few to train on
    assert list(document["methods"]) == [name for name in METHODS if name not in untrained]
    assert sum("learns from 32 or more" in note for note in document["notes"]) == len(untrained)
    two = run("evaluate", "corpus.npz", *labels, "--methods", "rrf, gr_clip+standardized", "--json", cwd=vectors)
    assert list(json.loads(two.stdout)["methods"]) == ["rrf", "gr_clip+standardized"]
    run("calibrate", "corpus.npz", "--queries", "queries.npz", "--out", "c.json", cwd=vectors)
    for name in METHODS:
        command = ("search", "corpus.npz", "@queries.npz:q3", "--method", name, "--json")
        done = run(*command, cwd=vectors)
        assert done.returncode == (name in ("oracle", *untrained)), done.stderr
        with_file = run(*command, "--calibration", "c.json", cwd=vectors)
        assert with_file.returncode == (name in ("oracle", "nnn", "i0t_post+standardized", *untrained)), (
            with_file.stderr
        )


def test_help_names_every_method(run) -> None:
    for command in ("search", "evaluate"):
        words = run(command, "--help").stdout.replace("│", " ").split()
        named = {word.strip(",;:.") for word in words}
        assert named >= set(METHODS) - {"oracle"}
