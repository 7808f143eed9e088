"""Packed weights and shards."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from training import export
from training.export import SCALE, pack, write_shards


def test_large_matrices_become_int8_with_a_scale_of_each_row() -> None:
    torch.manual_seed(0)
    weights = {
        "big": torch.randn(400, 300),
        "small": torch.randn(4, 3),
        "logit_scale": torch.tensor(4.6),
        "steps": torch.tensor(3),
    }
    packed = pack(weights, int8=True)
    dtypes = {name: tensor.dtype for name, tensor in packed.items()}
    assert dtypes == {
        "big": torch.int8,
        "big" + SCALE: torch.float16,
        "small": torch.float16,
        "logit_scale": torch.float32,
        "steps": torch.int64,
    }
    scale = packed["big" + SCALE].float()[:, None]
    error = (packed["big"].float() * scale - weights["big"]).abs()
    assert (error / scale).max() < 0.51  # half a step of each row


def test_shards_stay_below_the_limit_and_replace_old_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "SHARD_LIMIT", 100)
    (tmp_path / "weights-1-of-9.safetensors").write_bytes(b"old")
    tensors = {name: torch.full((20,), n, dtype=torch.float16) for n, name in enumerate("dcba")}  # 40 bytes each
    paths = write_shards(tensors, tmp_path)
    assert [path.name for path in paths] == ["weights-1-of-2.safetensors", "weights-2-of-2.safetensors"]
    assert sorted(tmp_path.iterdir()) == paths
    assert [sorted(load_file(path)) for path in paths] == [["a", "b"], ["c", "d"]]
