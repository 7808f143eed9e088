"""JSON documents: lists of numbers on one line, text never changed, errors that name the file."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modgap.errors import CalibrationError
from modgap.io.json_files import laid_out, read_document, write_document

DOCUMENT = {
    "format": "modgap.calibration/1",
    "note": "mean of [1,   2] and [\n 3 ]",
    "statistics": {"text": {"quantiles": [0.1, -2.5e-07, 3], "flags": [True, 1], "none": [], "rows": [[1, 2], [3]]}},
    "empty": {},
}
TEXT = r"""{
 "format": "modgap.calibration/1",
 "note": "mean of [1,   2] and [\n 3 ]",
 "statistics": {
  "text": {
   "quantiles": [ 0.1, -2.5e-07, 3 ],
   "flags": [
    true,
    1
   ],
   "none": [],
   "rows": [
    [ 1, 2 ],
    [ 3 ]
   ]
  }
 },
 "empty": {}
}
"""


def test_lists_of_numbers_are_on_one_line_and_strings_stay_as_they_are(tmp_path: Path) -> None:
    path = write_document(tmp_path / "c.json", DOCUMENT)
    assert path.read_text(encoding="utf-8") == TEXT
    assert read_document(path) == DOCUMENT


def test_a_document_is_written_as_json_would_write_it(tmp_path: Path) -> None:
    path = write_document(tmp_path / "c.json", {"tuple": (1, 2), "keys": {1: "a", None: "b"}, "é": "\ud800"})
    assert read_document(path) == {"tuple": [1, 2], "keys": {"1": "a", "null": "b"}, "é": "\ud800"}
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_document(tmp_path / "c.json", {"nan": float("nan")})


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=9,
)


@given(VALUES)
def test_the_layout_is_json_with_an_indent_of_one_but_for_blanks(value: object) -> None:
    text = laid_out(value)
    assert json.loads(text) == value
    assert "".join(text.split()) == "".join(json.dumps(value, indent=1).split())


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(CalibrationError, match=r"gone\.json cannot be read"):
        read_document(tmp_path / "gone.json")
    for content in ("{", "[" * 100_000):
        (tmp_path / "broken.json").write_text(content, encoding="utf-8")
        with pytest.raises(CalibrationError, match=r"broken\.json is not JSON .*modgap calibrate"):
            read_document(tmp_path / "broken.json")
