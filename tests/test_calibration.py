"""The artefact: what it computes, what survives a file, what it refuses."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from modgap.calibration import FORMAT, Calibration
from modgap.collection import Collection
from modgap.errors import CalibrationError


@pytest.fixture
def calibration(toy) -> Calibration:
    queries, items, modality = toy
    return Collection.from_vectors(["t0", "t1", "i0", "i1"], modality, items, model="toy").calibrate(queries)


def test_statistics_by_hand(calibration: Calibration) -> None:
    text, image = calibration.statistics["text"]["text"], calibration.statistics["text"]["image"]
    assert (text.mean, text.std, text.n) == (pytest.approx(0.9), pytest.approx(0.1), 2)
    assert (image.mean, image.std, image.n) == (pytest.approx(0.3), pytest.approx(0.1), 2)
    assert text.quantiles[0] == pytest.approx(0.8)
    assert text.quantiles[50] == pytest.approx(0.9)
    assert text.quantiles[100] == pytest.approx(1.0)
    assert calibration.counts == {"text": 2, "image": 2}
    assert calibration.queries["text"].kind == "given"


def test_z_and_fit_by_hand(calibration: Calibration) -> None:
    modality = np.asarray(["text", "image", "image"])
    assert calibration.z([0.9, 0.4, 0.0], modality) == pytest.approx([0, 1, -3], abs=1e-5)
    assert calibration.fit([0.9, 0.35, 0.0], modality) == pytest.approx([0.5, 2 / 3, 1 / 3], abs=1e-3)


def test_a_file_brings_everything_back(calibration: Calibration, tmp_path: Path) -> None:
    path = calibration.save(tmp_path / "new folder" / "c.json")
    assert Calibration.load(path) == calibration
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["format"] == FORMAT == "modgap.calibration/1"
    assert set(document["statistics"]["text"]["image"]) >= {"mean", "std", "n", "mean_ci95", "std_ci95", "quantiles"}
    assert sorted(p.name for p in path.parent.iterdir()) == ["c.json", "c.safetensors"]


def test_an_unwritable_place_leaves_nothing_behind(calibration: Calibration, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CalibrationError, match="cannot be written"):
        calibration.save(tmp_path / "file" / "c.json")
    (tmp_path / "folder").mkdir()
    with pytest.raises(CalibrationError, match="cannot be written"):
        calibration.save(tmp_path / "folder")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.update(format="other/1"), "not a modgap calibration"),
        (lambda d: d.pop("dimension"), "damaged.*dimension"),
        (lambda d: d["statistics"]["text"]["image"].update(std=0), "damaged.*cannot standardize"),
        (lambda d: d["statistics"]["text"]["image"].update(mean="high"), "damaged"),
        (lambda d: d["statistics"]["text"]["image"].update(quantiles=[2, 1]), "ascend"),
        (lambda d: d.update(statistics=[]), "damaged"),
    ],
)
def test_damaged_documents_are_refused(calibration: Calibration, change, message: str) -> None:
    document = json.loads(json.dumps(calibration.to_json()))
    change(document)
    with pytest.raises(CalibrationError, match=message):
        Calibration.from_json(document)


def test_missing_and_foreign_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CalibrationError, match=r"gone\.json cannot be read"):
        Calibration.load(tmp_path / "gone.json")
    (tmp_path / "c.json").write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(CalibrationError, match="not JSON"):
        Calibration.load(tmp_path / "c.json")


def test_another_model_or_dimension_is_refused(calibration: Calibration) -> None:
    with pytest.raises(CalibrationError, match="3-dimensional vectors and these have 512"):
        calibration.require(model="toy", dimension=512)
    with pytest.raises(CalibrationError, match=r'the model "toy".*encoded with "other"'):
        calibration.require(model="other", dimension=3)


def test_queries_of_a_modality_without_statistics_are_refused(calibration: Calibration) -> None:
    with pytest.raises(CalibrationError, match="no statistics for picture queries"):
        calibration.z([0.1], np.asarray(["text"]), query_modality="image")


def test_weak_statistics_are_warned_of(calibration: Calibration) -> None:
    assert "Only 2 text queries" in calibration.warnings()[0]
    source = replace(calibration.queries["text"], count=100)
    steady = replace(calibration, queries={"text": source})
    assert steady.warnings() == []
    assert "very unequal" in replace(steady, counts={"text": 900, "image": 10}).warnings()[0]
