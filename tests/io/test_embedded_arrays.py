"""Vectors inside a JSON document: what survives bit by bit, and what a file may not claim."""

import base64
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from modgap.errors import CalibrationError
from modgap.io.embedded_arrays import arrays_to_json, vectors_from_json

ONE = arrays_to_json({"text": np.asarray([1.0, 0.5, -2.0])})


def test_bytes_by_hand() -> None:
    # 1.0, 0.5 and -2.0 as IEEE 754, the lowest byte first
    content = bytes([0, 0, 0x80, 0x3F, 0, 0, 0, 0x3F, 0, 0, 0, 0xC0])
    assert {"text": {"shape": [3], "float32": base64.b64encode(content).decode()}} == ONE
    assert vectors_from_json(ONE, dimension=3, origin="c.json")["text"].tolist() == [1.0, 0.5, -2.0]


def test_big_endian_numbers_are_written_as_the_same_document() -> None:
    assert arrays_to_json({"text": np.asarray([1, 0.5, -2], dtype=">f4")}) == ONE


@given(arrays.arrays(np.float32, st.integers(1, 40), elements=st.floats(-2, 2, width=32)))
def test_every_bit_comes_back_through_json(vector: np.ndarray) -> None:
    document = json.loads(json.dumps(arrays_to_json({"a": vector})))
    back = vectors_from_json(document, dimension=vector.size, origin="c.json")["a"]
    assert back.tobytes() == vector.tobytes()
    assert back.dtype == np.float32


def encoded(values: list[float]) -> str:
    return base64.b64encode(np.asarray(values, "<f4").tobytes()).decode()


@pytest.mark.parametrize(
    "value",
    [
        None,
        [1.0, 2.0, 3.0],
        {"float32": encoded([1, 2, 3])},
        {"shape": [3]},
        {"shape": [3], "float32": [1, 2, 3]},
        {"shape": [3], "float32": encoded([1, 2])},
        {"shape": [2], "float32": encoded([1, 2])},
        {"shape": [3, 1], "float32": encoded([1, 2, 3])},
        {"shape": [10**12], "float32": encoded([1, 2, 3])},
        {"shape": "3", "float32": encoded([1, 2, 3])},
        {"shape": [3], "float32": encoded([1, 2, 3])[:-1] + "\u00e9"},
        {"shape": [3], "float32": encoded([1, 2, 3])[:-1] + "!"},
        {"shape": [3], "float32": encoded([1, float("nan"), 3])},
        {"shape": [3], "float32": encoded([1, float("inf"), 3])},
    ],
)
def test_anything_but_finite_vectors_of_the_dimension_is_refused(value: object) -> None:
    with pytest.raises(CalibrationError, match=r'^c\.json is damaged: the array "text" is not 3 finite numbers'):
        vectors_from_json({"text": value}, dimension=3, origin="c.json")


@pytest.mark.parametrize("value", [None, [], "AAAA"])
def test_arrays_must_be_an_object(value: object) -> None:
    with pytest.raises(CalibrationError, match='"arrays" is not an object'):
        vectors_from_json(value, dimension=3, origin="c.json")


def test_a_dimension_that_a_file_only_claims_allocates_nothing() -> None:
    claimed = {"text": {"shape": [10**15], "float32": encoded([1, 2, 3])}}
    with pytest.raises(CalibrationError, match="1000000000000000 finite numbers"):
        vectors_from_json(claimed, dimension=10**15, origin="c.json")
