"""No text becomes a formula, and text that is none stays as it is."""

import pytest

from modgap.io.spreadsheet import safe_cell


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_what_begins_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=1", "1-2", "'=1", " =1"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert safe_cell(text) == text
