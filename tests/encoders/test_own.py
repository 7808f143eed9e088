"""Two functions are an encoder: unit rows, batches, a cache and clear errors come with it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import modgap
from modgap.encoders import OwnEncoder
from modgap.encoders.own import load_own_encoder
from modgap.errors import ModelError
from modgap.io import plugins


class Colours:
    """Texts by the letters r, g, b; pictures by their mean colour."""

    picture_side = 32

    def __init__(self, version: str = "1") -> None:
        self.version, self.calls = version, 0

    def encode_texts(self, texts: Sequence[str]) -> list[list[float]]:
        self.calls += 1
        return [[text.count(letter) + 0.1 for letter in "rgb"] for text in texts]

    def encode_pictures(self, pictures: Sequence[Image.Image]) -> list[np.ndarray]:
        assert all(picture.mode == "RGB" for picture in pictures)
        return [np.asarray(picture, dtype=float).reshape(-1, 3).mean(axis=0) for picture in pictures]


def test_rows_have_length_one_and_the_order_of_the_input() -> None:
    encoder = OwnEncoder(Colours(), name="colours")
    texts = encoder.encode_texts(["rr", "g", "a long one of bbb"])
    pictures = encoder.encode_pictures([Image.new("RGB", (9, 7), "red"), Image.new("L", (4, 4), 200)])
    assert encoder.dimension == 3
    np.testing.assert_allclose(np.linalg.norm(texts, axis=1), 1, atol=1e-6)
    assert texts.argmax(axis=1).tolist() == [0, 1, 2]
    np.testing.assert_allclose(pictures[0], [1, 0, 0], atol=1e-6)
    np.testing.assert_allclose(pictures[1], np.full(3, 3**-0.5), atol=1e-6)


def test_a_collection_is_encoded_calibrated_and_searched(tmp_path: Path) -> None:
    for name, colour in (("red", "red"), ("green", "lime"), ("blue", "blue")):
        Image.new("RGB", (20, 20), colour).save(tmp_path / f"{name}.png")
        (tmp_path / f"{name}.txt").write_text(f"{name[0]}{name[0]}{name[0]}", encoding="utf-8")
    encoder = OwnEncoder(Colours(), name="colours")
    collection = modgap.Collection.encode(modgap.read_corpus(tmp_path), encoder)
    collection.calibrate(["rr", "gg", "bb", "rrg", "ggb", "bbr"])
    best = {hit.modality: hit.id for hit in reversed(collection.search("bb", k=6))}
    assert best == {"image": "blue.png", "text": "blue.txt"}
    assert collection.model == "colours"


def test_the_cache_keeps_vectors_of_one_version_apart_from_the_next(tmp_path: Path) -> None:
    first, second = Colours("1"), Colours("2")
    with modgap.VectorCache(tmp_path) as cache:
        encoder = OwnEncoder(first, name="colours").with_cache(cache)
        encoder.encode_texts(["rg"])
        before = first.calls
        encoder.encode_texts(["rg"])
        assert first.calls == before
        newer = OwnEncoder(second, name="colours").with_cache(cache)
        assert newer.fingerprint != encoder.fingerprint
        before = second.calls
        newer.encode_texts(["rg"])
        assert second.calls == before + 1


def test_pictures_are_decoded_near_the_size_that_the_model_takes() -> None:
    assert OwnEncoder(Colours(), name="colours").decode_side == 64


def test_a_model_that_lacks_a_function_is_refused() -> None:
    with pytest.raises(ModelError, match='The model "half" has no function encode_pictures'):
        OwnEncoder(type("Half", (), {"encode_texts": lambda self, texts: [[1.0]]})(), name="half")


class Wrong(Colours):
    def __init__(self, pictures: object) -> None:
        super().__init__()
        self.given = pictures

    def encode_pictures(self, pictures: Sequence[Image.Image]) -> object:
        if isinstance(self.given, Exception):
            raise self.given
        return self.given


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (RuntimeError("no key for the service"), "failed: RuntimeError: no key for the service"),
        ([[1.0, 0.0, 0.0]], "gave 1 picture vectors for 2"),
        ([[1.0, 0.0], [0.0, 1.0]], "gave picture vectors of 2 dimensions, not 3"),
        ([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]], "zero"),
        ([[float("nan"), 0.0, 0.0], [1.0, 0.0, 0.0]], "finite"),
    ],
)
def test_a_function_that_answers_wrongly_is_named(given: object, message: str) -> None:
    encoder = OwnEncoder(Wrong(given), name="wrong")
    with pytest.raises(ModelError, match=f'The model "wrong".*{message}'):
        encoder.encode_pictures([Image.new("RGB", (2, 2))] * 2)


def test_an_entry_point_that_cannot_be_made_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class Locked:
        def __init__(self) -> None:
            raise OSError("weights are missing")

    monkeypatch.setattr(plugins, "plugins", lambda group: {"locked": object()})
    monkeypatch.setattr(plugins, "load_plugin", lambda point: Locked)
    with pytest.raises(ModelError, match='The model "locked" cannot be made: OSError: weights are missing'):
        load_own_encoder("locked")
