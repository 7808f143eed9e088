"""`modgap evaluate`."""

import json
from pathlib import Path

import pytest
from PIL import Image

from modgap.methods import METHODS

pytestmark = pytest.mark.usefixtures("loaded_once")

VECTORS = ("evaluate", "corpus.npz", "--queries", "queries.npz", "--qrels", "qrels.tsv")


@pytest.fixture
def flickr(tmp_path: Path) -> Path:
    """Eight coloured pictures in the plain layout of Flickr8k."""
    colours = ("red", "green", "blue", "yellow", "black", "white", "orange", "pink")
    rows = ["image\tidx\tcaption"]
    (tmp_path / "images").mkdir()
    for colour in colours:
        Image.new("RGB", (32, 32), colour).save(tmp_path / "images" / f"{colour}.png")
        rows += [f"{colour}.png\t0\ta {colour} square", f"{colour}.png\t1\tthe colour {colour}"]
    (tmp_path / "captions.tsv").write_text("\n".join(rows), encoding="utf-8")
    return tmp_path


def test_vectors_are_evaluated_into_one_document(run, vectors: Path) -> None:
    done = run(*VECTORS, "--json", cwd=vectors)
    document = json.loads(done.stdout)
    assert document["queries"] == 12
    untrained = [name for name in METHODS if name.startswith("i0t_async")]  # these queries are too few to train on
    assert list(document["methods"]) == [name for name in METHODS if name not in untrained]
    assert sum("learns from 32 or more" in note for note in document["notes"]) == len(untrained)
    raw, standardized = (document["methods"][m]["image"]["recall@1"] for m in ("raw", "standardized"))
    assert standardized > raw
    assert document["report"]["read"] == {"text": 12, "image": 12}


def test_methods_and_stacks_are_chosen_by_name(run, vectors: Path) -> None:
    two = run(*VECTORS, "--methods", "rrf, gr_clip+standardized", "--json", cwd=vectors)
    assert list(json.loads(two.stdout)["methods"]) == ["rrf", "gr_clip+standardized"]
    table = run(*VECTORS, "--methods", "raw", cwd=vectors).stdout
    assert "recall@20" in table
    assert "standardized" not in table


def test_a_data_set_is_evaluated_and_reported_in_three_forms(run, flickr: Path) -> None:
    command = (
        "evaluate",
        "--dataset",
        "flickr8k",
        "--root",
        str(flickr),
        "--methods",
        "raw,standardized,caption_route",
    )
    files = ("--csv", "out/t.csv", "--html", "out/r.html", "--work", "cells")
    done = run(*command, *files, "--json", cwd=flickr)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert list(document["methods"]) == ["raw", "standardized", "caption_route"]
    assert document["targets"] == {"image": 4, "text": 4, "both": 0}
    assert document["settings"]["Corpus"] == "Flickr8k dev"
    assert "raw: Recall@20" in done.stderr
    assert (flickr / "out" / "t.csv").read_text().startswith("model,method,target")
    page = (flickr / "out" / "r.html").read_text()
    for words in ("caption_<wbr>route", "Evaluation: Flickr8k dev", "4 pictures, 4 passages", "Calibration queries"):
        assert words in page
    for said in (document["data_set_notes"][0], page):
        assert "The files hold 8 pictures of dev" in said
    assert len(list((flickr / "cells").glob("*.json"))) == 3


def test_two_models_stand_side_by_side(run, flickr: Path) -> None:
    command = ("evaluate", "--dataset", "flickr8k", "--root", str(flickr), "--methods", "raw")
    done = run(*command, "--model", "modgap-mini-2", "--model", "modgap-mini-2", "--json", cwd=flickr)
    assert list(json.loads(done.stdout)["models"]) == ["modgap-mini-2"]
    bad = run(*command, "--model", "modgap-mini-2", "--model", "nope", "--json", "--csv", "t.csv", cwd=flickr)
    assert (bad.returncode, bad.stdout) == (1, "")
    assert 'no model "nope"' in bad.stderr
    assert "modgap-mini-2,raw,all" in (flickr / "t.csv").read_text()  # what was finished before is kept


@pytest.mark.parametrize(
    ("option", "value"), [("--methods", "raw,magic"), ("--methods", "magic+raw"), ("--reference", "magic")]
)
def test_an_unknown_method_is_bad_usage_before_anything_is_read(usage_error, option: str, value: str) -> None:
    said = usage_error("evaluate", "gone", "--queries", "gone.jsonl", option, value)
    assert option in said
    assert "there is no method" in said
    assert all(name in said for name in (*METHODS, "caption_route"))


def test_an_unknown_data_set_is_bad_usage(usage_error, tmp_path: Path) -> None:
    said = usage_error("evaluate", "--dataset", "flickr", "--root", tmp_path)
    assert "--dataset" in said
    assert 'there is no data set "flickr". Known: flickr8k, coco, mmqa, webqa, mixbench, mbeir, beir.' in said


def test_held_out_is_said(run, flickr: Path) -> None:
    command = ("evaluate", "--dataset", "flickr8k", "--root", str(flickr), "--methods", "standardized")
    done = run(*command, "--calibration-queries", "held-out", "--json", cwd=flickr)
    assert json.loads(done.stdout)["calibration_queries"].startswith("held-out")


def test_what_cannot_be_read_is_in_the_report(run, flickr: Path) -> None:
    (flickr / "images" / "red.png").write_bytes(b"no picture")
    command = ("evaluate", "--dataset", "flickr8k", "--root", str(flickr), "--methods", "raw", "--html", "r.html")
    done = run(*command, "--seed", "2", cwd=flickr)
    assert done.returncode == 0, done.stderr
    assert "1 items could not be read and were left out (first: red.png" in (flickr / "r.html").read_text()


def test_calibration_queries_come_from_a_file_or_by_a_known_name(run, flickr: Path) -> None:
    (flickr / "mine.txt").write_text("red things\nsomething blue\ngreen\n", encoding="utf-8")
    command = ("evaluate", "--dataset", "flickr8k", "--root", str(flickr), "--methods", "standardized", "--json")
    done = run(*command, "--calibration-queries", "mine.txt", cwd=flickr)
    document = json.loads(done.stdout)
    assert document["calibration_queries"] == "given (3 text)"
    assert document["settings"]["Calibration queries"] == "mine.txt"
    unknown = run(*command, "--calibration-queries", "heldout", cwd=flickr)
    assert unknown.returncode == 2
    assert "held-out, automatic, and not a file" in " ".join(unknown.stderr.split())


def test_the_corpus_must_be_given_once(run, flickr: Path) -> None:
    for command in (
        ("evaluate",),
        ("evaluate", str(flickr)),
        ("evaluate", "--dataset", "flickr8k"),
        ("evaluate", str(flickr), "--dataset", "flickr8k", "--root", str(flickr)),
        ("evaluate", "--dataset", "flickr8k", "--root", str(flickr), "--qrels", "qrels.tsv"),
        ("evaluate", "--dataset", "flickr8k", "--root", str(flickr), "--seed", "-1"),
        ("evaluate", str(flickr), "--queries", "q.jsonl", "--split", "dev"),
        ("evaluate", str(flickr), "--queries", "q.jsonl", "--limit", "5"),
    ):
        assert run(*command, cwd=flickr).returncode == 2
    missing = run("evaluate", "--dataset", "webqa", "--root", str(flickr), cwd=flickr)
    assert missing.returncode == 1
    assert "WebQA_train_val.json" in missing.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["evaluate", "corpus.npz", "--queries", "gone.npz"], "gone.npz is not there"),
        (["evaluate", "corpus.npz", "--queries", "queries.npz"], "No query is labelled"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_1(refuse, vectors: Path, arguments: list[str], message: str) -> None:
    refuse(vectors, arguments, message)


def test_the_table_speaks_of_a_test_only_where_its_reference_was_run(run, flickr: Path) -> None:
    command = ("evaluate", "--dataset", "flickr8k", "--root", str(flickr), "--methods")
    assert "differs from raw" in run(*command, "raw,standardized", cwd=flickr).stdout
    assert "differs from" not in run(*command, "standardized", cwd=flickr).stdout


def test_few_queries_get_bounds_or_too_few_and_those_that_want_both_a_row(run, vectors: Path) -> None:
    lines = ["q0\t0\tt0\t1", "q1\t0\ti1\t1", "q2\t0\tt2\t1", "q2\t0\ti2\t1"]
    (vectors / "few.tsv").write_text("\n".join(lines), encoding="utf-8")
    command = ("evaluate", "corpus.npz", "--queries", "queries.npz", "--qrels", "few.tsv", "--methods", "raw")
    shown = run(*command, cwd=vectors).stdout
    assert "±0.000" not in shown
    assert "of fewer than 10 queries Wilson's, or none" in " ".join(shown.split())
    rows = [[cell.strip() for cell in line.strip("│").split("│")] for line in shown.splitlines() if "│" in line]
    assert [row[1:3] for row in rows] == [["all", "3"], ["image", "1"], ["text", "1"], ["both", "1"]]
    document = json.loads(run(*command, "--json", cwd=vectors).stdout)
    assert document["ci95"]["raw"]["both"]["mrr@10"] is None
    assert document["methods"]["raw"]["both"].keys() == document["methods"]["raw"]["all"].keys()
    low, high = document["ci95"]["raw"]["text"]["hit@20"]
    assert high - low > 0.7
