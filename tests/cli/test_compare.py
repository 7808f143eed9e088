"""`modgap compare`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

MODULE = """
import numpy as np

class Lengths:
    def encode_texts(self, texts):
        return [[len(text) % 7 + 1.0, text.count("e") + 1.0, 1.0] for text in texts]

    def encode_pictures(self, pictures):
        return [[*(np.asarray(each, dtype=float).mean(axis=(0, 1))[:2] / 255 + 0.1), -1.0] for each in pictures]
"""


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    """A folder with an encoder that an entry point names."""
    (tmp_path / "lengths_model.py").write_text(MODULE, encoding="utf-8")
    information = tmp_path / "lengths_model-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: lengths-model\nVersion: 1.0\n", encoding="utf-8"
    )
    points = "[modgap.encoders]\nlengths = lengths_model:Lengths\n"
    (information / "entry_points.txt").write_text(points, encoding="utf-8")
    return tmp_path


def compare(plugin: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-m", "modgap", "compare", "assets/sample/corpus", "--no-cache", *arguments]
    environment = {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{plugin}"}
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=root, env=environment)


def test_two_models_side_by_side_as_a_table_a_page_and_json(plugin: Path, tmp_path: Path) -> None:
    both = ("--model", "modgap-mini-2", "--model", "lengths")
    done = compare(plugin, *both, "--search", "a goldfish", "--html", str(tmp_path / "models.html"), "--json")
    assert done.returncode == 0, done.stderr
    first, second = json.loads(done.stdout)["models"]
    assert (first["model"], second["model"]) == ("modgap-mini-2", "lengths")
    assert "photos/goldfish.webp" in first["searches"][0]["calibrated"]
    assert first["severity"] == "severe"
    page = (tmp_path / "models.html").read_text(encoding="utf-8")
    assert page.count("<h3>") == 4
    shown = compare(plugin, *both, "--labelled", "assets/sample/queries.jsonl", "--search", "a goldfish")
    assert shown.returncode == 0, shown.stderr
    assert "recall@5 raw" in shown.stdout
    assert "modgap-mini-2: Of 120 queries" in shown.stdout


def test_one_model_is_bad_usage(run) -> None:
    done = run("compare", "assets/sample/corpus", "--model", "modgap-mini-2", "--model", "modgap-mini-2")
    assert done.returncode == 2
    assert "name two models or more" in done.stderr


def test_vectors_are_of_one_model_already(run, vectors: Path) -> None:
    done = run("compare", "corpus.npz", "--model", "modgap-mini-2", "--model", "x", cwd=vectors)
    assert done.returncode == 1
    assert "vectors of one model already" in done.stderr
