"""Write the trained model as shipped: configuration, merges, and safetensors shards below ten megabytes."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from open_clip.model import CLIP
from safetensors.torch import save_file

SHARD_LIMIT = 9_500_000  # bytes; a Space refuses files of ten million without large-file storage
SCALE = "::scale"
MERGES = "merges.txt.gz"


def configuration(vocab_size: int, text: dict[str, int]) -> dict[str, dict]:
    """Content of ``config.json``: `model_cfg` and `preprocess_cfg` of open_clip."""
    model_cfg = {
        "embed_dim": 512,
        "vision_cfg": {
            "timm_model_name": "tf_efficientnet_lite0",
            "timm_model_pretrained": False,
            "timm_pool": "avg",
            "timm_proj": "mlp",
            "timm_proj_bias": True,
            "image_size": 224,
        },
        "text_cfg": {**text, "vocab_size": vocab_size, "tokenizer_kwargs": {"bpe_path": MERGES}},
    }
    preprocess_cfg = {
        "size": 224,
        "mode": "RGB",
        "mean": [0.5, 0.5, 0.5],
        "std": [0.5, 0.5, 0.5],
        "interpolation": "bicubic",
        "resize_mode": "squash",
        "fill_color": 0,
    }
    return {"model_cfg": model_cfg, "preprocess_cfg": preprocess_cfg}


def pack(weights: dict[str, torch.Tensor], int8: bool) -> dict[str, torch.Tensor]:
    """Large matrices as int8 with a float16 scale per row, other tensors as float16; `logit_scale` stays float32."""
    packed = {}
    for name, tensor in weights.items():
        if not tensor.is_floating_point():
            packed[name] = tensor
        elif name == "logit_scale":
            packed[name] = tensor.float()
        elif int8 and tensor.ndim == 2 and tensor.numel() > 100_000:
            scale = (tensor.abs().amax(1).clamp(min=1e-8) / 127).half().float()
            packed[name] = (tensor / scale[:, None]).round().clamp(-127, 127).to(torch.int8)
            packed[name + SCALE] = scale.half()
        else:
            packed[name] = tensor.half()
    return {name: tensor.contiguous() for name, tensor in packed.items()}


def write_shards(packed: dict[str, torch.Tensor], folder: Path) -> list[Path]:
    """Delete old shards, write the tensors in order of their names, and return the new files."""
    for old in folder.glob("*.safetensors"):
        old.unlink()
    shards: list[dict[str, torch.Tensor]] = [{}]
    used = 0
    for name in sorted(packed):
        size = packed[name].numel() * packed[name].element_size()
        if used + size > SHARD_LIMIT and shards[-1]:
            shards.append({})
            used = 0
        shards[-1][name] = packed[name]
        used += size
    paths = [folder / f"weights-{i + 1}-of-{len(shards)}.safetensors" for i in range(len(shards))]
    for path, shard in zip(paths, shards, strict=True):
        save_file(shard, path)
        path.chmod(0o644)  # safetensors writes files that only their owner can read
    return paths


def export(model: CLIP, config: dict[str, dict], merges: Path, folder: Path, int8: bool = True) -> None:
    """Write everything but the model card into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    (folder / MERGES).write_bytes(merges.read_bytes())
    write_shards(pack(model.state_dict(), int8), folder)
