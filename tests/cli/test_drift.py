"""`modgap drift`."""

import json
from pathlib import Path


def test_the_calibration_queries_show_no_drift(run, vectors: Path) -> None:
    run("calibrate", "corpus.npz", "--queries", "queries.npz", "--out", "c.json", cwd=vectors)
    asked = ("drift", "corpus.npz", "--calibration", "c.json", "--queries", "queries.npz")
    document = json.loads(run(*asked, "--json", cwd=vectors).stdout)
    assert document["drifted"] is False
    assert [(d["query_modality"], d["item_modality"]) for d in document["pairs"]] == [
        ("text", "text"),
        ("text", "image"),
    ]
    assert run(*asked, cwd=vectors).stdout.startswith("12 word queries against passages: no drift seen")


def test_a_calibration_of_another_dimension_is_refused(refuse, bad_inputs: Path) -> None:
    refuse(
        bad_inputs,
        ["drift", "corpus.npz", "--calibration", "foreign.json", "--queries", "queries.npz"],
        "3-dimensional",
    )
