"""What results look like in a notebook: small tables as HTML, escaped in one place, and rows for pandas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

if TYPE_CHECKING:
    from modgap.items import Hit

_SHOWN = 80  # characters of a title


def html_table(headings: Sequence[str], rows: Iterable[Sequence[object]], caption: str = "") -> str:
    """A table; every cell is escaped, and numbers stand to the right.

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
    return Markup("<td>{}</td>").format("" if value is None else str(value)[:_SHOWN])


def hit_rows(hits: Sequence[Hit]) -> list[list[object]]:
    """rank, id, modality, cosine, z, fit of each hit."""
    return [[hit.rank, hit.id, hit.modality.value, hit.score, hit.z, hit.fit] for hit in hits]


HIT_HEADINGS = ("rank", "id", "modality", "cosine", "z", "fit")


def data_frame(records: list[dict[str, Any]]) -> Any:
    """A pandas DataFrame. Raises ModgapError where pandas is not installed."""
    try:
        import pandas
    except ImportError as error:
        from modgap.errors import ModgapError

        raise ModgapError("A DataFrame needs pandas: pip install pandas.") from error
    return pandas.DataFrame.from_records(records)
