"""What results look like in a notebook: small tables as HTML, escaped in one place, and rows for pandas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup

_SHOWN = 120  # characters of a title


def html_table(headings: Sequence[str], rows: Iterable[Sequence[object]], caption: str = "") -> str:
    """A table; every cell but ready `Markup` is escaped, and numbers stand to the right.

    >>> html_table(["a"], [["<b>"]])
    '<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>&lt;b&gt;</td></tr></tbody></table>'
    """
    head = Markup("").join(Markup("<th>{}</th>").format(name) for name in headings)
    body = Markup("").join(Markup("<tr>{}</tr>").format(Markup("").join(_cell(value) for value in row)) for row in rows)
    title = Markup("<caption>{}</caption>").format(caption) if caption else ""
    return str(Markup("<table>{}<thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(title, head, body))


def _cell(value: object) -> Markup:
    if isinstance(value, float):
        return Markup('<td style="text-align:right">{}</td>').format(f"{value:.3f}")
    if isinstance(value, Markup):
        return Markup("<td>{}</td>").format(value)
    return Markup("<td>{}</td>").format("" if value is None else str(value)[:_SHOWN])


def data_frame(records: list[dict[str, Any]]) -> Any:
    """A pandas DataFrame. Raises ModgapError where pandas is not installed."""
    try:
        import pandas
    except ImportError as error:
        from modgap.errors import ModgapError

        raise ModgapError("A DataFrame needs pandas: pip install pandas.") from error
    return pandas.DataFrame.from_records(records)
