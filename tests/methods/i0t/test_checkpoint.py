"""The file of a training that was stopped: what it brings back, and whose it is."""

from pathlib import Path

import pytest
import torch

from modgap.errors import CalibrationError
from modgap.methods.i0t.checkpoint import Checkpoint


def test_tensors_and_progress_come_back_to_the_same_training_only(tmp_path: Path) -> None:
    path = tmp_path / "run.part"
    assert Checkpoint(path, {"pairs": "a"}).read() is None
    Checkpoint(path, {"pairs": "a", "seed": "0"}).write({"x": torch.tensor([1.0, 2.0])}, {"best": 3})
    found = Checkpoint(path, {"seed": "0", "pairs": "a"}).read()
    assert found is not None
    assert (found[0]["x"].tolist(), found[1]) == ([1.0, 2.0], {"best": 3})
    with pytest.raises(CalibrationError, match=r"run\.part is of other pairs or settings"):
        Checkpoint(path, {"pairs": "b", "seed": "0"}).read()


def test_a_damaged_file_is_named_and_a_finished_one_removed(tmp_path: Path) -> None:
    checkpoint = Checkpoint(tmp_path / "run.part", {"pairs": "a"})
    checkpoint.write({"x": torch.ones(4)}, {})
    checkpoint.path.write_bytes(checkpoint.path.read_bytes()[:20])
    with pytest.raises(CalibrationError, match=r"run\.part is damaged"):
        checkpoint.read()
    checkpoint.remove()
    checkpoint.remove()
    assert list(tmp_path.iterdir()) == []


def test_a_later_round_replaces_the_file_whole(tmp_path: Path) -> None:
    checkpoint = Checkpoint(tmp_path / "deep" / "run.part", {"pairs": "a"})
    for best in (1, 2):
        checkpoint.write({"x": torch.full((2,), float(best))}, {"best": best})
    found = checkpoint.read()
    assert found is not None
    assert (found[0]["x"].tolist(), found[1]["best"]) == ([2.0, 2.0], 2)
    assert [path.name for path in checkpoint.path.parent.iterdir()] == ["run.part"]
