"""Mean vectors beside a calibration: what survives, what is refused, what methods make of it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from modgap.calibration import Calibration
from modgap.errors import CalibrationError
from modgap.io.mean_vectors import write_means
from modgap.methods.i0t.normaliser import Normaliser, Normalisers
from modgap.search.collection import Collection


@pytest.fixture
def calibration(toy) -> Calibration:
    queries, items, modality = toy
    return Collection.from_vectors(["t0", "t1", "i0", "i1"], modality, items, model="toy").calibrate(queries)


def test_means_by_hand_and_from_a_file(calibration: Calibration, tmp_path: Path) -> None:
    loaded = Calibration.load(calibration.save(tmp_path / "c.json"))
    assert loaded.means.keys() == {"text", "image", "query.text"}
    assert loaded.means["text"] == pytest.approx([0.5, 0.4, 0.3])
    assert loaded.means["query.text"] == pytest.approx([0.5, 0.5, 0])
    assert {name: v.tolist() for name, v in loaded.means.items()} == {
        name: v.tolist() for name, v in calibration.means.items()
    }


def test_a_file_of_another_calibration_is_refused(calibration: Calibration, tmp_path: Path) -> None:
    calibration.save(tmp_path / "a.json")
    replace(calibration, created="2001-01-01T00:00:00+00:00").save(tmp_path / "b.json")
    (tmp_path / "a.means.safetensors").replace(tmp_path / "b.means.safetensors")
    with pytest.raises(CalibrationError, match=r"b\.means\.safetensors belongs to another calibration than b\.json"):
        Calibration.load(tmp_path / "b.json")
    assert Calibration.load(tmp_path / "a.json").means == {}


def test_a_damaged_file_is_refused(calibration: Calibration, tmp_path: Path) -> None:
    calibration.save(tmp_path / "c.json")
    whole = (tmp_path / "c.means.safetensors").read_bytes()
    (tmp_path / "c.means.safetensors").write_bytes(whole[:-4])
    with pytest.raises(CalibrationError, match=r"c\.means\.safetensors cannot be read"):
        Calibration.load(tmp_path / "c.json")
    replace(calibration, means={"text": np.asarray([np.nan, 0, 0], dtype=np.float32)}).save(tmp_path / "c.json")
    with pytest.raises(CalibrationError, match='"text" is not a vector of 3 finite numbers'):
        Calibration.load(tmp_path / "c.json")


def test_weights_with_a_negative_variance_are_refused(calibration: Calibration, tmp_path: Path) -> None:
    one = np.ones(3, dtype=np.float32)
    image, text = Normaliser(one, -one, one, one), Normaliser(one, one, one, one)
    replace(calibration, normalisers=Normalisers(image, text)).save(tmp_path / "c.json")
    with pytest.raises(CalibrationError, match=r"c\.json is damaged: a variance is negative"):
        Calibration.load(tmp_path / "c.json")


def test_a_place_inside_a_file_is_reported_in_words(calibration: Calibration, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    with pytest.raises(CalibrationError, match="cannot be written: "):
        calibration.save(tmp_path / "file" / "c.json")
    with pytest.raises(CalibrationError, match=r"c\.means\.safetensors cannot be written: "):
        write_means(tmp_path / "file" / "c.json", {"text": np.ones(3, np.float32)}, belongs_to="x")


def test_saving_without_means_leaves_none_of_an_older_calibration(calibration: Calibration, tmp_path: Path) -> None:
    calibration.save(tmp_path / "c.json")
    replace(calibration, means={}).save(tmp_path / "c.json")
    assert [path.name for path in tmp_path.iterdir()] == ["c.json"]


def test_weights_beside_a_calibration_are_left_alone(calibration: Calibration, tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"somebody's weights")
    calibration.save(tmp_path / "model.json")
    assert (tmp_path / "model.safetensors").read_bytes() == b"somebody's weights"


def test_a_failure_leaves_nothing_behind(calibration: Calibration, tmp_path: Path) -> None:
    (tmp_path / "c.means.safetensors").mkdir()
    with pytest.raises(CalibrationError, match="cannot be written"):
        calibration.save(tmp_path / "c.json")
    assert not [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")]
