"""Vectors beside the weights: read back as written, and never of other weights, other contents or a damaged file."""

import json
from pathlib import Path

import numpy as np
import pytest

from modgap.io.shipped_vectors import read_shipped_vectors, write_shipped_vectors
from modgap.io.vector_cache import text_key

VECTORS = {text_key("a dog"): np.asarray([0.6, 0.8], np.float32), text_key("a cat"): np.asarray([1, 0], np.float32)}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_shipped_vectors(tmp_path / "v.safetensors", VECTORS, weights="w1")
    return tmp_path / "v.safetensors"


def test_vectors_are_read_back_by_their_keys(path: Path) -> None:
    found = read_shipped_vectors(path, weights="w1")
    assert {key: vector.tolist() for key, vector in found.items()} == {k: v.tolist() for k, v in VECTORS.items()}
    assert {vector.dtype for vector in found.values()} == {np.dtype(np.float32)}


def test_a_file_of_other_weights_reads_as_empty(path: Path) -> None:
    assert read_shipped_vectors(path, weights="w2") == {}


def test_no_file_and_a_damaged_one_read_as_empty(path: Path) -> None:
    assert read_shipped_vectors(path.with_name("none.safetensors"), weights="w1") == {}
    path.write_bytes(path.read_bytes()[:-4])
    assert read_shipped_vectors(path, weights="w1") == {}


def test_keys_that_are_not_those_of_the_header_read_as_empty(path: Path) -> None:
    content = path.read_bytes()
    key = next(iter(VECTORS))
    assert content.count(key) == 1
    path.write_bytes(content.replace(key, text_key("a horse")))
    assert read_shipped_vectors(path, weights="w1") == {}


@pytest.mark.parametrize("rows", [np.zeros((1, 2), np.float32), np.full((2, 2), np.nan, np.float32), np.zeros((2, 2))])
def test_vectors_that_do_not_belong_to_the_keys_read_as_empty(path: Path, rows: np.ndarray) -> None:
    from safetensors import safe_open
    from safetensors.numpy import save_file

    with safe_open(path, framework="numpy") as file:
        keys, header = file.get_tensor("keys"), file.metadata()
    save_file({"keys": keys, "vectors": rows}, path, metadata=header)
    assert read_shipped_vectors(path, weights="w1") == {}


def test_the_header_names_the_weights(path: Path) -> None:
    content = path.read_bytes()
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    assert header["__metadata__"]["weights"] == "w1"
