"""Lower precision of picture towers: the same vectors within a bound, another fingerprint, and the choice of `auto`."""

import json
from pathlib import Path

import numpy as np
import open_clip
import pytest
import torch
from PIL import Image

from modgap.encoders import Encoder, bundled, load_encoder, precision
from modgap.encoders.precision import LEAST_COSINE, fastest, remembered, require_precision, set_precision
from modgap.errors import ModelError
from modgap.io.assets import asset_path

PICTURES = sorted(asset_path("sample", "corpus", "photos").glob("*.webp"))[:6]


def opened() -> list[Image.Image]:
    return [Image.open(path).convert("RGB") for path in PICTURES]


@pytest.fixture(scope="module")
def plain() -> Encoder:
    return Encoder(*bundled.load_bundled(), name="modgap-mini", device="cpu")


@pytest.fixture
def encoder() -> Encoder:
    return Encoder(*bundled.load_bundled(), name="modgap-mini", device="cpu")


def vision_transformer() -> Encoder:
    torch.manual_seed(0)
    vision = open_clip.CLIPVisionCfg(layers=6, width=64, head_width=16, patch_size=16, image_size=64)
    text = open_clip.CLIPTextCfg(context_length=16, vocab_size=49408, width=32, heads=2, layers=1)
    model = open_clip.CLIP(32, vision, text)
    transform = open_clip.image_transform(64, is_train=False)
    return Encoder(model, transform, open_clip.tokenize, name="tiny", device="cpu")


def test_bfloat16_gives_nearly_the_vectors_of_float32_and_the_very_same_texts(encoder: Encoder, plain: Encoder) -> None:
    set_precision(encoder, "bfloat16")
    reduced, exact = encoder.encode_pictures(opened()), plain.encode_pictures(opened())
    cosines = np.einsum("nd,nd->n", reduced, exact)
    assert cosines.mean() > LEAST_COSINE
    assert cosines.min() > 0.998  # one of these photographs lies just below what `auto` asks of each
    assert not np.array_equal(reduced, exact)
    assert np.array_equal(encoder.encode_texts(["a dog"]), plain.encode_texts(["a dog"]))
    assert reduced.dtype == np.float32
    assert encoder.fingerprint != plain.fingerprint


def test_int8_gives_nearly_the_vectors_of_float32_and_keeps_the_fingerprint_of_its_weights() -> None:
    pytest.importorskip("torchao")
    plain, encoder = vision_transformer(), vision_transformer()
    assert encoder.fingerprint == plain.fingerprint
    set_precision(encoder, "int8")
    again = vision_transformer()
    set_precision(again, "int8")
    cosines = np.einsum("nd,nd->n", encoder.encode_pictures(opened()), plain.encode_pictures(opened()))
    assert cosines.min() > 0.99  # random weights, which lose more than trained ones
    assert not np.array_equal(encoder.encode_pictures(opened()), plain.encode_pictures(opened()))
    assert encoder.fingerprint == again.fingerprint != plain.fingerprint


def test_int8_without_its_package_says_what_to_install(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match=r'pip install "modgap\[int8\]"'):
        set_precision(encoder, "int8")


@pytest.mark.parametrize("name", ["", "fp16", "Float32"])
def test_an_unknown_precision_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(ModelError, match="auto, float32, bfloat16, int8"):
        require_precision(name)


class Timed:
    """A clock under which float32 takes 1 s, and every other precision what the test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, encoder: Encoder, seconds: dict[str, float]) -> None:
        encode = precision._timed

        def timed(work):
            vectors, _ = encode(work)
            return vectors, seconds[encoder.precision]

        monkeypatch.setattr(precision, "_timed", timed)
        monkeypatch.setattr(precision, "PICTURES", 2)  # bfloat16 is slow where the processor lacks it
        monkeypatch.setattr(precision, "ROUNDS", 1)
        monkeypatch.setattr(precision, "candidates", lambda _: [name for name in seconds if name != "float32"])


@pytest.mark.parametrize(("seconds", "chosen"), [(0.5, "bfloat16"), (0.9, "float32"), (1.4, "float32")])
def test_auto_takes_what_is_faster_by_more_than_noise(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch, seconds: float, chosen: str
) -> None:
    Timed(monkeypatch, encoder, {"float32": 1.0, "bfloat16": seconds})
    assert fastest(encoder) == chosen
    assert encoder.precision == "float32"  # it only tried


def test_auto_takes_nothing_whose_vectors_are_others(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    Timed(monkeypatch, encoder, {"float32": 1.0, "bfloat16": 0.1})
    monkeypatch.setattr(precision, "LEAST_COSINE", 0.9999999)
    assert fastest(encoder) == "float32"


def test_a_machine_chooses_once(plain: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = iter(["bfloat16", "float32"])
    monkeypatch.setattr(precision, "fastest", lambda encoder: next(chosen))
    path = tmp_path / "cache" / "precision.json"
    assert [remembered(path, plain) for _ in range(3)] == ["bfloat16"] * 3
    assert list(json.loads(path.read_text()).values()) == ["bfloat16"]
    path.write_text("[]")
    assert remembered(path, plain) == "float32"


def test_a_choice_that_cannot_be_kept_is_made_all_the_same(
    plain: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision, "fastest", lambda encoder: "bfloat16")
    (tmp_path / "file").write_text("not a folder")
    assert remembered(tmp_path / "file" / "precision.json", plain) == "bfloat16"


def test_int8_is_tried_where_the_tower_has_linear_layers_and_the_package_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("torchao")
    assert "int8" in precision.candidates(vision_transformer())
    convolutions = vision_transformer()
    convolutions._model.visual = torch.nn.Conv2d(3, 8, 3)
    assert "int8" not in precision.candidates(convolutions)
    monkeypatch.setattr(precision.importlib.util, "find_spec", lambda name: None)
    assert "int8" not in precision.candidates(vision_transformer())


def test_load_encoder_takes_the_precision_and_the_environment_names_a_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_encoder(device="cpu").precision == "float32"
    assert load_encoder(device="cpu", precision="bfloat16").precision == "bfloat16"
    monkeypatch.setenv("MODGAP_PRECISION", "bfloat16")
    assert load_encoder(device="cpu").precision == "bfloat16"
    with pytest.raises(ModelError, match="no precision"):
        load_encoder(precision="double")
