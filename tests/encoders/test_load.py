"""Finding an encoder by name: real open_clip models with weights of our own making, and errors in one sentence."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import modgap
from modgap.encoders import known_models, load, load_encoder
from modgap.encoders.load import best_device
from modgap.errors import ModelError


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small, untrained model of our own architecture: its folder holds the config and the weights."""
    import open_clip
    from safetensors.torch import save_file

    folder = tmp_path_factory.mktemp("tiny")
    config = {
        "embed_dim": 32,
        "vision_cfg": {"image_size": 32, "layers": 1, "width": 32, "head_width": 16, "patch_size": 16},
        "text_cfg": {"context_length": 16, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 1},
    }
    (folder / "tiny-clip.json").write_text(json.dumps(config), encoding="utf-8")
    open_clip.add_model_config(folder / "tiny-clip.json")
    model = open_clip.create_model("tiny-clip")
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, folder / "open_clip_model.safetensors")
    cfg = {"model_cfg": config, "preprocess_cfg": {"mean": [0.5] * 3, "std": [0.5] * 3}}
    (folder / "open_clip_config.json").write_text(json.dumps(cfg), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "spelling", ["{folder}", "{folder}/open_clip_model.safetensors", "tiny-clip/{folder}/open_clip_model.safetensors"]
)
def test_a_local_checkpoint_is_an_encoder(checkpoint: Path, spelling: str) -> None:
    encoder = load_encoder(spelling.format(folder=checkpoint), device="cpu")
    assert encoder.dimension == 32
    vectors = np.concatenate(
        [encoder.encode_texts(["a", "b"]), encoder.encode_pictures([Image.new("RGB", (50, 20), "red")])]
    )
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(3), abs=1e-5)


def test_a_batch_gives_what_single_texts_give(checkpoint: Path) -> None:
    encoder = load_encoder(checkpoint, device="cpu")
    texts = [f"text number {i} " * (i % 5 + 1) for i in range(300)]
    together = encoder.encode_texts(texts)
    assert together[299] == pytest.approx(encoder.encode_texts(texts[299:])[0], abs=1e-5)
    assert encoder.encode_texts([]).shape == (0, 32)


def test_a_checkpoint_without_its_architecture_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "weights.pt").touch()
    with pytest.raises(ModelError, match=r"ViT-B-32/weights\.pt"):
        load_encoder(tmp_path / "weights.pt")
    with pytest.raises(ModelError, match=r"has no open_clip_config\.json"):
        load_encoder(tmp_path)


def test_broken_weights_are_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "weights.pt").write_bytes(b"not weights")
    with pytest.raises(ModelError, match="cannot be loaded") as raised:
        load_encoder(f"RN50/{tmp_path}/weights.pt")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["nosuch", "ViT-B-32", "ViT-B-32/nosuch", "ViT-B-32/", "/gone/folder"])
def test_unknown_models_are_named(name: str) -> None:
    with pytest.raises(ModelError, match="There is no model"):
        load_encoder(name)


def test_known_models_start_with_the_bundled_one() -> None:
    names = [info.name for info in known_models()]
    assert names[0] == "modgap-mini-2"
    assert len(names) > 100


@pytest.mark.gpu
def test_cuda_vectors_agree_with_the_cpu(checkpoint: Path) -> None:
    import torch

    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    texts = ["a giant panda", "windmills by the sea"]
    cpu, cuda = (modgap.load_encoder(device=device).encode_texts(texts) for device in ("cpu", "cuda"))
    assert (cpu * cuda).sum(axis=1) == pytest.approx(np.ones(2), abs=5e-3)  # bfloat16 on CUDA


def test_torch_is_asked_for_a_device_only_where_there_may_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    asked = []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: asked.append(1) or True)
    monkeypatch.setattr(load.sys, "platform", "linux")
    monkeypatch.setattr(load.Path, "exists", lambda path: False)
    assert (best_device(), asked) == ("cpu", [])
    monkeypatch.setattr(load.Path, "exists", lambda path: str(path) == "/dev/nvidiactl")
    assert (best_device(), asked) == ("cuda", [1])
    monkeypatch.setattr(load.sys, "platform", "win32")
    assert best_device() == "cuda"


def test_the_first_edition_is_refused_with_the_name_of_the_second() -> None:
    with pytest.raises(ModelError, match='"modgap-mini" was replaced by its second edition, "modgap-mini-2"'):
        load_encoder("modgap-mini")
