"""`modgap index --ray` and `modgap calibrate --ray` on a Ray cluster that they start."""

from __future__ import annotations

import json

import numpy as np
import pytest

import modgap
from modgap.io.assets import asset_path

pytest.importorskip("ray", reason="ray comes with the test extra")
CORPUS = asset_path("sample", "corpus")
pytestmark = pytest.mark.timeout(240)


def test_a_corpus_is_encoded_and_its_index_calibrated_on_a_cluster(run, tmp_path):
    index, calibration = tmp_path / "index", tmp_path / "calibration.json"

    assert run("index", CORPUS, "--out", index, "--ray", "--no-calibrate").returncode == 0
    assert run("calibrate", index, "--ray", "--out", calibration).returncode == 0

    whole = modgap.Collection.encode(modgap.read_corpus(CORPUS), modgap.load_encoder())
    expected = whole.calibrate().to_json()["statistics"]["text"]
    found = json.loads(calibration.read_text())["statistics"]["text"]
    assert found.keys() == expected.keys()
    for group in expected:
        for name in ("mean", "std"):
            np.testing.assert_allclose(found[group][name], expected[group][name], atol=1e-5)
    assert [path.name for path in tmp_path.iterdir() if "blocks" in path.name] == []


def test_options_that_do_not_go_with_a_cluster_are_refused(run, tmp_path):
    for arguments in (
        ("index", CORPUS, "--out", tmp_path / "index", "--ray-address", "host:1"),
        ("index", CORPUS, "--out", tmp_path / "index", "--ray", "--model-name", "m"),
        ("calibrate", CORPUS, "--ray", "--lines"),
        ("calibrate", CORPUS, "--ray"),
    ):
        assert run(*arguments).returncode == 2
