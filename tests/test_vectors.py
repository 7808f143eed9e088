"""modgap.vectors: what passes the border, and the message of what does not."""

import numpy as np
import pytest

from modgap.errors import VectorError
from modgap.vectors import group_array, unit_vectors


def test_rows_become_unit_length_float32() -> None:
    unit = unit_vectors(np.asarray([[3, 4], [0, -2]], dtype=np.int64))
    assert unit.dtype == np.float32
    assert unit.tolist() == [[pytest.approx(0.6), pytest.approx(0.8)], [0.0, -1.0]]


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        ([[1.0, 0.0], [0.0, 0.0]], '"b".*all zeros'),
        ([[1.0, 0.0], [np.nan, 0.0]], '"b".*not finite'),
        ([[np.inf, 0.0], [np.nan, 0.0]], '"a".*and 1 more.*not finite'),
        ([[1.0, 0.0], [1e20, 1e20]], '"b".*too large'),
        ([1.0, 0.0], r"table \(n, d\)"),
        ([[1.0], [1.0, 2.0]], "rows of equal length"),
    ],
)
def test_unusable_vectors_are_named(vectors: list, message: str) -> None:
    with pytest.raises(VectorError, match=message):
        unit_vectors(vectors, ids=["a", "b"])


def test_names_are_as_many_as_rows() -> None:
    with pytest.raises(VectorError, match="1 ids for 2 vectors"):
        unit_vectors([[1.0, 0.0], [np.nan, 0.0]], ids=["a"])


def test_a_group_may_have_any_name_but_those_of_the_calibration_file() -> None:
    assert group_array(["image", "audio", "my table"], n=3).tolist() == ["image", "audio", "my table"]
    with pytest.raises(VectorError, match=r"row 1 is 'query\.text', which begins with .query\."):
        group_array(["image", "query.text"], n=2)
    with pytest.raises(VectorError, match=r"row 0 is .*which is empty"):
        group_array([" ", "text"], n=2)
    with pytest.raises(VectorError, match=r"row 1 is .*cannot be printed"):
        group_array(["image", "two\nlines"], n=2)
    with pytest.raises(VectorError, match="each of the 3 items; got 2"):
        group_array(["image", "text"], n=3)
