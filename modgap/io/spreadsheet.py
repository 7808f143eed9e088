"""Cells for a spreadsheet: text that came from outside must never be run as a formula."""

from __future__ import annotations

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(text: str) -> str:
    """The text for a cell of a `.csv` file, with an apostrophe in front where a spreadsheet would see a formula.

    Reference: https://owasp.org/www-community/attacks/CSV_Injection

    >>> safe_cell("=1+1"), safe_cell("a=1")
    ("'=1+1", 'a=1')
    """
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
