"""`modgap push`, and the other commands on the URL of a live engine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


@pytest.fixture
def url(vectors: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(vectors)
    return f"milvus://{vectors}/wares.db?collection=wares"


def test_a_corpus_is_pushed_checked_calibrated_searched_evaluated_and_exported(run, vectors: Path, url: str) -> None:
    first = run("push", "corpus.npz", url, "--model-name", "some-model")
    assert "24 of 24 items written to Milvus at" in " ".join(first.stdout.split())
    again = json.loads(run("push", "corpus.npz", url, "--json").stdout)
    assert (again["written"], again["items"], again["counts"]) == (0, 24, {"image": 12, "text": 12})

    checked = json.loads(run("check", url, "--json").stdout)
    assert (checked["counts"], checked["found"]) == ({"image": 12, "text": 12}, {"text": 1.0, "image": 1.0})
    assert "Nothing to create." in run("check", url).stdout

    options = ("--model-name", "some-model")
    run("calibrate", url, "--queries", "queries.npz", "--out", "live.json", *options)
    run("calibrate", "corpus.npz", "--queries", "queries.npz", "--out", "here.json", *options)
    live, here = (json.loads(Path(name).read_text()) for name in ("live.json", "here.json"))
    for group, each in here["statistics"]["text"].items():
        assert live["statistics"]["text"][group]["mean"] == pytest.approx(each["mean"], abs=1e-4)

    search = ("@queries.npz:q3", "--json", *options)
    found = json.loads(run("search", url, *search, "--calibration", "live.json", "--strict").stdout)
    right = json.loads(run("search", "corpus.npz", *search, "--calibration", "here.json").stdout)
    assert [hit["id"] for hit in found["hits"]] == [hit["id"] for hit in right["hits"]]

    labelled = ("--queries", "queries.npz", "--qrels", "qrels.tsv", "--methods", "raw,calibrated", "--json", *options)
    done, expected = (json.loads(run("evaluate", corpus, *labelled).stdout) for corpus in (url, "corpus.npz"))
    for method in ("raw", "calibrated"):
        assert done["methods"][method]["all"] == pytest.approx(expected["methods"][method]["all"])
    assert json.loads(run("gap", url, "--json", *options).stdout)["severity"]
    assert (
        "no longer" not in run("drift", url, "--calibration", "live.json", "--queries", "queries.npz", *options).stdout
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["push", "corpus.npz", "folder/"], "is not the URL of an engine"),
        (["push", "milvus://h/a", "milvus://h/b"], "read from files or vectors"),
        (
            ["evaluate", "milvus://h/a", "--queries", "queries.npz", "--qrels", "qrels.tsv", "--work", "w"],
            "by the vectors",
        ),
    ],
)
def test_a_wrong_use_exits_with_2(usage_error, vectors: Path, arguments: list[str], message: str) -> None:
    assert message in usage_error(*arguments, cwd=vectors)


def test_a_secret_in_the_url_is_refused_and_not_repeated(run, vectors: Path) -> None:
    done = run("check", "postgresql://me:hunter2@h/db")
    assert done.returncode == 1
    assert "hunter2" not in done.stderr + done.stdout
    assert "take it out" in done.stderr
