"""`modgap gap`."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from modgap.cli.gap import print_gap
from modgap.metrics.catalogue import GAP_METRICS
from modgap.search.collection import Collection


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
    assert "How far the mean picture lies from the mean" in shown
    assert "0.5 is chance" in shown
    assert "Alignment is left out: no picture is known to belong to a text." in " ".join(done.stderr.split())


@pytest.mark.parametrize("name", ["map.png", "map.svg"])
def test_gap_draws_the_map(run, name: str) -> None:
    done = run("gap", "corpus.npz", "--plot", name, "--json")
    assert json.loads(done.stdout)["severity"]
    assert f"Drawn into {name}" in done.stderr
    assert Path(name).stat().st_size > 5000


def test_the_pair_reaches_the_measurement(run, monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = []
    measure = Collection.gap

    def gap(self, queries=None, *, pair=None, **options):
        pairs.append(pair)
        return measure(self, queries, **options)

    monkeypatch.setattr(Collection, "gap", gap)
    for arguments in ((), ("--pair", "text", "image")):
        assert run("gap", "corpus.npz", *arguments).returncode == 0
    assert pairs == [None, ("text", "image")]


def test_a_pair_is_two_names(usage_error) -> None:
    assert "--pair" in usage_error("gap", "corpus.npz", "--pair", "text")


def test_more_than_two_groups_are_shown_as_a_matrix_of_distances(capsys: pytest.CaptureFixture[str]) -> None:
    measured = SimpleNamespace(
        metrics={"centroid_distance": 0.4},
        after={},
        severity="low",
        left_out={},
        notes=[],
        pair=("text", "[a]"),
        distances={
            "text": {"image": 0.9, "[a]": 0.4},
            "image": {"text": 0.9, "[a]": 0.8},
            "[a]": {"text": 0.4, "image": 0.8},
        },
    )
    print_gap(measured)
    shown = capsys.readouterr().out
    assert "Modality gap of text and [a]: low" in shown
    matrix = [
        [cell.strip() for cell in line[1:-1].replace("┃", "│").split("│")]
        for line in shown[shown.index("Centroid distance of every two groups") :].splitlines()
    ]
    for row in (
        ["text", "", "0.900", "0.400"],
        ["image", "0.900", "", "0.800"],
        ["[a]", "0.400", "0.800", ""],
    ):
        assert row in matrix


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["gap", "gone.npz"], "gone.npz is not there"), (["gap", "corpus.npz", "--plot", "map.bmp"], ".png or .svg")],
)
def test_bad_input_is_one_sentence_and_exit_1(refuse, tmp_path: Path, arguments: list[str], message: str) -> None:
    refuse(tmp_path, arguments, message)
