"""The encoder on towers small enough to work out by hand: a text is its letters, a picture its mean colour."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision import transforms

from modgap.encoders import base
from modgap.encoders.base import Encoder
from modgap.io.vector_cache import VectorCache, text_key


class Towers(torch.nn.Module):
    """Texts: (number of "a", number of "b", 1). Pictures: mean of each colour."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.eye(3))
        self.texts_read = 0

    def encode_text(self, tokens: torch.Tensor) -> torch.Tensor:
        self.texts_read += len(tokens)
        counts = [(tokens == code).sum(dim=1) for code in (97, 98)]
        return torch.stack([*counts, torch.ones(len(tokens))], dim=1).float() @ self.weight

    def encode_image(self, pictures: torch.Tensor) -> torch.Tensor:
        return pictures.mean(dim=(2, 3)) @ self.weight


class Tokenizer:
    """A token a letter, padded with zeros."""

    context_length = 4

    def __call__(self, texts: Sequence[str], context_length: int = 4) -> torch.Tensor:
        tokens = torch.zeros(len(texts), context_length, dtype=torch.long)
        for row, text in enumerate(texts):
            codes = [ord(c) for c in text[:context_length]]
            tokens[row, : len(codes)] = torch.tensor(codes, dtype=torch.long)
        return tokens


@pytest.fixture
def encoder() -> Encoder:
    preprocess = transforms.Compose([transforms.Resize((4, 6)), transforms.ToTensor()])
    return Encoder(Towers(), preprocess, Tokenizer(), name="letters", device="cpu")


def test_texts_are_unit_rows_in_their_order_whatever_the_batch(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "TEXT_BATCH", 2)
    stages = []
    vectors = encoder.encode_texts(["aa", "b", ""], progress=lambda *stage: stages.append(stage))
    expected = [[2 / 5**0.5, 0, 1 / 5**0.5], [0, 0.5**0.5, 0.5**0.5], [0, 0, 1]]
    assert vectors == pytest.approx(np.asarray(expected), abs=1e-6)
    assert stages == [("Reading passages", 2, 3), ("Reading passages", 3, 3)]
    assert encoder.dimension == 3


def test_pictures_are_unit_rows(encoder: Encoder) -> None:
    pictures = [Image.new("RGB", (9, 9), "red"), Image.new("RGB", (5, 20), (255, 255, 0))]
    vectors = encoder.encode_pictures(pictures)
    assert vectors == pytest.approx(np.asarray([[1, 0, 0], [0.5**0.5, 0.5**0.5, 0]]), abs=1e-6)
    assert vectors.dtype == np.float32


def test_a_known_text_is_read_from_the_cache(encoder: Encoder, tmp_path: Path) -> None:
    with VectorCache(tmp_path) as cache:
        cached = encoder.with_cache(cache)
        first = cached.encode_texts(["a", "b"])
        read = encoder._model.texts_read
        again = cached.encode_texts(["b", "ab", "a"])
    assert encoder._model.texts_read == read + 1
    assert (again[0] == first[1]).all()
    assert (again[2] == first[0]).all()
    assert encoder.cache is None


def test_a_text_longer_than_the_context_is_known(encoder: Encoder) -> None:
    assert encoder.longer_than_read(["abcd", "abcde", ""]) == [False, True, False]
    assert encoder.longer_than_read([]) == []
    encoder._tokenizer = Tokenizer().__call__  # a function without a context length
    assert encoder.longer_than_read(["abcde"]) == [False]


def test_pictures_are_decoded_at_twice_the_longer_side_of_the_tower(encoder: Encoder) -> None:
    assert encoder.decode_side == 12


def test_the_fingerprint_tells_weights_and_names_apart(encoder: Encoder) -> None:
    preprocess = transforms.Compose([transforms.Resize((4, 6)), transforms.ToTensor()])
    other = Encoder(Towers(), preprocess, Tokenizer(), name="others", device="cpu")
    trained = Encoder(Towers(), preprocess, Tokenizer(), name="letters", device="cpu")
    trained._model.weight.data[0, 0] = 2
    same = Encoder(Towers(), preprocess, Tokenizer(), name="letters", device="cpu")
    assert encoder.fingerprint == same.fingerprint
    assert len({encoder.fingerprint, other.fingerprint, trained.fingerprint}) == 3


def test_fixed_texts_are_computed_once_for_all_encoders_of_a_model(encoder: Encoder) -> None:
    again = Encoder(Towers(), encoder._preprocess, Tokenizer(), name="letters", device="cpu")
    expected = encoder.encode_texts(["bank a", "bank b"])
    assert encoder.encode_fixed_texts(["bank a", "bank b"]) == pytest.approx(expected)
    read = again._model.texts_read
    assert again.encode_fixed_texts(["bank b"]) == pytest.approx(expected[1:])
    assert again._model.texts_read == read
    assert encoder.encode_fixed_texts([]).shape == (0, 3)


def test_shipped_vectors_are_used_where_all_texts_are_among_them(encoder: Encoder) -> None:
    shipped = {text_key(text): np.asarray([0, 0, 1], dtype=np.float32) for text in ("red", "blue")}
    own = Encoder(Towers(), encoder._preprocess, Tokenizer(), name="shipped", device="cpu", shipped=shipped)
    read = own._model.texts_read
    assert own.encode_fixed_texts(["blue", "red"]).tolist() == [[0, 0, 1]] * 2
    assert own.with_cache(None).encode_fixed_texts(["red"]).tolist() == [[0, 0, 1]]
    assert own._model.texts_read == read
    assert own.encode_fixed_texts(["red", "baa"]) == pytest.approx(encoder.encode_texts(["red", "baa"]))
    assert own.encode_texts(["red"]) == pytest.approx(encoder.encode_texts(["red"]))


def test_a_small_corpus_does_not_wait_for_a_large_one_and_a_query_for_neither(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "TEXT_BATCH", 2)
    compute, done, begun = encoder._text_vectors, [], threading.Event()

    def slowly(texts: list[str]) -> np.ndarray:
        begun.set()
        time.sleep(0.01)
        return compute(texts)

    monkeypatch.setattr(encoder, "_text_vectors", slowly)

    def encode(name: str, texts: list[str]) -> np.ndarray:
        vectors = encoder.encode_texts(texts)
        done.append(name)
        return vectors

    large, small = ["a" * (1 + n % 3) for n in range(80)], ["b", "ab"]
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(encode, "large", large)
        assert begun.wait(timeout=10)
        second, third = pool.submit(encode, "small", small), pool.submit(encode, "query", ["a"])
        shared = first.result(), second.result(), third.result()
    assert done[-1] == "large"
    assert set(done[:2]) == {"small", "query"}
    for vectors, texts in zip(shared, (large, small, ["a"]), strict=True):
        assert np.array_equal(vectors, encoder.encode_texts(texts))
