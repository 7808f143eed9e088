"""The bundled model, loaded once, and ratings in the format of flickr8k.json made of the sample's photographs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import modgap
from modgap.encoders import Encoder
from modgap.evaluation.captions import Background
from modgap.io.assets import asset_path

PHOTOS = ("garden-lizard", "tabby-cat", "chesterton-windmill", "teacup-yellow", "goldfish")
RIGHT = ("a lizard on a branch", "a tabby cat", "a windmill in a field", "a teacup and its saucer", "a goldfish")


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return modgap.load_encoder(device="cpu")


@pytest.fixture
def loaded_once(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands take this encoder and load none."""
    monkeypatch.setattr(modgap, "load_encoder", lambda name=None, **_: encoder)


@pytest.fixture(scope="session")
def background(encoder: Encoder) -> Background:
    """Means alone, of a few captions and one picture's surroundings: enough for scores, without pairs."""
    texts = encoder.encode_texts(["a dog runs", "a house by a lake", "two cups of tea", "a boat"])
    rng = np.random.default_rng(0)
    images = texts + rng.normal(scale=0.02, size=texts.shape).astype(np.float32)
    return Background(images.mean(axis=0), texts.mean(axis=0), "four texts")


@pytest.fixture
def photo() -> Path:
    return asset_path("sample", "corpus", "photos", "garden-lizard.webp")


@pytest.fixture
def ratings_file(tmp_path: Path) -> Path:
    """Five photographs, each with a right caption (rated 4) and the next one's (rated 1); and what cannot be used."""
    document: dict[str, object] = {}
    (tmp_path / "pictures").mkdir()
    for place, (name, right) in enumerate(zip(PHOTOS, RIGHT, strict=True)):
        shutil.copyfile(
            asset_path("sample", "corpus", "photos", f"{name}.webp"), tmp_path / "pictures" / f"{name}.webp"
        )
        wrong = RIGHT[(place + 1) % len(RIGHT)]
        document[name] = {
            "image_path": f"{name}.webp",
            "ground_truth": [f"this is {right}"],
            "human_judgement": [
                {"caption": right, "rating": 4.0},
                {"caption": wrong, "rating": 1},
                {"caption": right, "rating": float("nan")},
            ],
        }
    judged = [{"caption": "a dog", "rating": 2}]
    document["gone"] = {"image_path": "gone.webp", "human_judgement": judged}
    document["bare"] = {"image_path": "goldfish.webp", "human_judgement": []}
    document["hostile"] = {"image_path": "../../etc/passwd", "human_judgement": judged}
    document["absolute"] = {"image_path": "/etc/passwd", "human_judgement": judged}
    document["list"] = ["no", "entry"]
    document["odd"] = {
        "image_path": "goldfish.webp",
        "human_judgement": [
            {"caption": "a dog", "rating": "4"},
            {"caption": 7, "rating": 4},
            {"caption": "a cat", "rating": 10**400},
        ],
    }
    (tmp_path / "pictures" / "broken.webp").write_bytes(b"no picture")
    document["broken"] = {"image_path": "broken.webp", "human_judgement": judged}
    path = tmp_path / "ratings.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path
