"""Trained normalisers on disk: they come back, and what is not such a file is refused."""

from pathlib import Path

import numpy as np
import pytest

from modgap.errors import CalibrationError
from modgap.methods.i0t import Normalisers, load_normalisers, save_normalisers
from modgap.methods.i0t.training import TrainingSettings, train

QUICK = TrainingSettings(rounds=4, batch=64, patience=9)


def same(a: Normalisers, b: Normalisers) -> bool:
    others = b.arrays()
    return all(np.array_equal(array, others[name]) for name, array in a.arrays().items())


def test_weights_come_back_from_their_file(paired, tmp_path: Path) -> None:
    trained = train(*paired, QUICK, model="toy")
    path = save_normalisers(tmp_path / "deep" / "async.safetensors", trained.normalisers)
    loaded = load_normalisers(path)

    assert same(loaded, trained.normalisers)
    assert (loaded.model, loaded.origin, loaded.settings["seed"]) == ("toy", trained.normalisers.origin, "0")
    with pytest.raises(CalibrationError, match="for 16-dimensional vectors and these have 512"):
        loaded.require(model="toy", dimension=512)
    with pytest.raises(CalibrationError, match='"toy" and this is "other"'):
        loaded.require(model="other", dimension=16)


def test_files_that_are_no_weights_are_refused(paired, tmp_path: Path) -> None:
    path = save_normalisers(tmp_path / "a.safetensors", train(*paired, QUICK).normalisers)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(CalibrationError, match=r"a\.safetensors cannot be read"):
        load_normalisers(path)
    with pytest.raises(CalibrationError, match="cannot be read"):
        load_normalisers(tmp_path / "none.safetensors")


def test_weights_files_of_a_stranger_are_refused(paired, tmp_path: Path) -> None:
    import torch
    from safetensors.numpy import save_file
    from safetensors.torch import save_file as save_tensors

    arrays, header = train(*paired, QUICK).normalisers.arrays(), {"format": "modgap.i0t_async/1"}
    path = tmp_path / "b.safetensors"
    for content, more, words in (
        ({"x": np.ones(3, np.float32)}, {}, "holds no I0T_async weights"),
        ({**arrays, "async.text.var": -arrays["async.text.var"]}, {}, "a variance is negative"),
        ({**arrays, "async.text.bias": np.full(16, np.nan, np.float32)}, {}, "is not 16 finite numbers"),
        ({**arrays, "async.text.bias": np.ones(3, np.float32)}, {}, "is not 16 finite numbers"),
        ({**arrays, "async.text.weight": np.full(16, 3e38, np.float32)}, {}, "finite numbers of a usual size"),
        (arrays, {"settings": "[" * 100_000}, "cannot be read"),
    ):
        save_file(content, path, {**header, **more})
        with pytest.raises(CalibrationError, match=words):
            load_normalisers(path)
    for kind in (torch.bfloat16, torch.float8_e4m3fn):  # numpy has neither
        save_tensors({name: torch.from_numpy(array).to(kind) for name, array in arrays.items()}, path, header)
        with pytest.raises(CalibrationError, match="holds no I0T_async weights"):
            load_normalisers(path)


def test_a_place_that_cannot_be_written_is_named(paired, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(CalibrationError, match=r"w\.safetensors cannot be written"):
        save_normalisers(tmp_path / "file" / "w.safetensors", train(*paired, QUICK).normalisers)
