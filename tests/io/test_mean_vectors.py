"""Mean vectors beside a calibration of an earlier version: what is read, what is refused."""

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from modgap.calibration import Calibration
from modgap.errors import CalibrationError
from modgap.io.mean_vectors import means_path, read_means
from modgap.search.collection import Collection

MEANS = {"text": [0.5, 0.4, 0.3], "image": [0.25, 0.1, 0.9], "query.text": [0.5, 0.5, 0]}


@pytest.fixture
def calibration(toy) -> Calibration:
    queries, items, modality = toy
    return Collection.from_vectors(["t0", "t1", "i0", "i1"], modality, items, model="toy").calibrate(queries)


def save_pair(calibration: Calibration, path: Path, means: dict[str, list[float]], *, created: str = "") -> Path:
    """The two files that version 0.1.0 wrote. created: of the calibration that the means claim to belong to."""
    document = {name: value for name, value in calibration.to_json().items() if name != "arrays"}
    path.write_text(json.dumps(document), encoding="utf-8")
    owner = f"{calibration.model} {calibration.fingerprint} {created or calibration.created}"
    arrays = {name: np.asarray(mean, dtype=np.float32) for name, mean in means.items()}
    save_file(arrays, means_path(path), metadata={"calibration": owner})
    return path


def test_the_means_beside_an_earlier_file_come_with_it(calibration: Calibration, tmp_path: Path) -> None:
    loaded = Calibration.load(save_pair(calibration, tmp_path / "c.json", MEANS))
    assert loaded == calibration
    assert {name: pytest.approx(mean.tolist()) for name, mean in loaded.means.items()} == MEANS


def test_without_that_file_there_are_none(calibration: Calibration, tmp_path: Path) -> None:
    path = save_pair(calibration, tmp_path / "c.json", MEANS)
    means_path(path).unlink()
    assert Calibration.load(path).means == {}
    assert read_means(path, dimension=3, belongs_to="anything") == {}


def test_a_file_of_another_calibration_is_refused(calibration: Calibration, tmp_path: Path) -> None:
    path = save_pair(calibration, tmp_path / "b.json", MEANS, created="2001-01-01T00:00:00+00:00")
    with pytest.raises(CalibrationError, match=r"b\.means\.safetensors belongs to another calibration than b\.json"):
        Calibration.load(path)


def test_a_damaged_file_is_refused(calibration: Calibration, tmp_path: Path) -> None:
    path = save_pair(calibration, tmp_path / "c.json", MEANS)
    whole = means_path(path).read_bytes()
    means_path(path).write_bytes(whole[:-4])
    with pytest.raises(CalibrationError, match=r"c\.means\.safetensors cannot be read"):
        Calibration.load(path)
    save_pair(calibration, path, {"text": [np.nan, 0, 0]})
    with pytest.raises(CalibrationError, match='"text" is not a vector of 3 finite numbers'):
        Calibration.load(path)


def test_weights_with_a_negative_variance_are_refused(calibration: Calibration, tmp_path: Path) -> None:
    numbers = ("mean", "var", "weight", "bias")
    weights = {f"async.{side}.{name}": [1.0, 1.0, 1.0] for side in ("image", "text") for name in numbers}
    path = save_pair(calibration, tmp_path / "c.json", {**MEANS, **weights, "async.image.var": [-1.0, 1.0, 1.0]})
    with pytest.raises(CalibrationError, match=r"c\.json is damaged: a variance is negative"):
        Calibration.load(path)
