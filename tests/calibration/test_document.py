"""The document of a calibration: what survives a file, and what is refused."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from modgap.calibration.artefact import Calibration
from modgap.calibration.document import FORMAT
from modgap.errors import CalibrationError
from modgap.methods.i0t.normaliser import Normaliser, Normalisers
from tests.calibration.made_calibrations import made_of, without_scores


def test_a_file_brings_everything_back(calibration: Calibration, tmp_path: Path) -> None:
    path = calibration.save(tmp_path / "new folder" / "c.json")
    assert Calibration.load(path) == calibration
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["format"] == FORMAT == "modgap.calibration/1"
    assert set(document["statistics"]["text"]["image"]) >= {"mean", "std", "n", "ci95", "quantiles"}
    assert set(document["statistics"]["text"]["image"]["ci95"]) == {"mean", "std"}
    assert [p.name for p in path.parent.iterdir()] == ["c.json"]


def test_the_file_carries_means_by_hand(calibration: Calibration, tmp_path: Path) -> None:
    loaded = Calibration.load(calibration.save(tmp_path / "c.json"))
    assert loaded.means.keys() == {"text", "image", "query.text"}
    assert loaded.means["text"] == pytest.approx([0.5, 0.4, 0.3])
    assert loaded.means["query.text"] == pytest.approx([0.5, 0.5, 0])
    assert all(np.array_equal(mean, calibration.means[name]) for name, mean in loaded.means.items())


def test_the_file_carries_normalisers_and_refuses_a_negative_variance(calibration: Calibration, tmp_path: Path) -> None:
    one, two = np.ones(3, dtype=np.float32), np.full(3, 2, dtype=np.float32)
    good, bad = Normaliser(two, one, one, one), Normaliser(one, -one, one, one)
    path = replace(calibration, normalisers=Normalisers(good, good)).save(tmp_path / "c.json")
    loaded = Calibration.load(path)
    assert loaded.normalisers.arrays().keys() == Normalisers(good, good).arrays().keys()
    assert loaded.normalisers.image.mean.tolist() == [2, 2, 2]
    assert loaded.means.keys() == calibration.means.keys()
    replace(calibration, normalisers=Normalisers(bad, good)).save(path)
    with pytest.raises(CalibrationError, match=r"c\.json is damaged: a variance is negative"):
        Calibration.load(path)


def test_an_older_file_of_means_beside_it_is_neither_read_nor_removed(calibration: Calibration, tmp_path: Path) -> None:
    beside = tmp_path / "c.means.safetensors"
    beside.write_bytes(b"somebody's")
    for means in (calibration.means, {}):
        path = replace(calibration, means=means).save(tmp_path / "c.json")
        assert Calibration.load(path).means.keys() == means.keys()
        assert beside.read_bytes() == b"somebody's"


def test_damaged_arrays_are_refused_with_the_name_of_the_file(calibration: Calibration, tmp_path: Path) -> None:
    path = calibration.save(tmp_path / "c.json")
    document = json.loads(path.read_text(encoding="utf-8"))
    document["arrays"]["text"]["shape"] = [4]
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(CalibrationError, match=r'c\.json is damaged: the array "text" is not 3 finite numbers'):
        Calibration.load(path)


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


def test_a_file_without_the_later_fields_is_read(calibration: Calibration) -> None:
    document = json.loads(json.dumps(calibration.to_json()))
    del document["fit_threshold"]
    for each in document["statistics"]["text"].values():
        del each["scores"]
    assert Calibration.from_json(document) == replace(without_scores(calibration), fit_threshold=0.05)


def test_a_file_brings_three_groups_back(three: Calibration, tmp_path: Path) -> None:
    path = three.save(tmp_path / "c.json")
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["group_modality"] == {"table": "image"}
    assert list(document["statistics"]["text"]) == ["text", "image", "table"]
    loaded = Calibration.load(path)
    assert loaded == three
    assert loaded.modality_by_group() == {"text": "text", "image": "image", "table": "image"}
    assert loaded.means["table"].tolist() == [1, 1, 1]
    assert Calibration.from_json(json.loads(json.dumps(three.to_json()))) == three
    assert "group_modality" not in made_of(text=[0.1, 0.2], image=[0.3, 0.4]).to_json()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d["group_modality"].update(table="sound"), "damaged.*sound"),
        (lambda d: d["counts"].update({"query.text": 3}), "damaged.*key of calibration files"),
        (lambda d: d["statistics"]["text"].pop("table"), "damaged.*statistics for text, image, and items of"),
        (lambda d: d["counts"].update(maps=3), "damaged.*items of image, maps, table, text"),
        (lambda d: d["counts"].update(table="many"), "damaged"),
    ],
)
def test_damaged_documents_of_three_groups_are_refused(three: Calibration, change, message: str) -> None:
    document = json.loads(json.dumps(three.to_json()))
    change(document)
    with pytest.raises(CalibrationError, match=message):
        Calibration.from_json(document)


def test_the_precision_of_pictures_is_kept_where_it_is_not_float32(three: Calibration) -> None:
    assert "precision" not in three.to_json()
    lower = replace(three, precision="bfloat16")
    assert lower.to_json()["precision"] == "bfloat16"
    assert Calibration.from_json(json.loads(json.dumps(lower.to_json()))) == lower
    assert Calibration.from_json(json.loads(json.dumps(three.to_json()))).precision == "float32"
