"""SQL: a CASE expression that runs wherever the cosine of a row can be had."""

from __future__ import annotations

from modgap.engines.numbers import Numbers, header


def sql(numbers: Numbers) -> str:
    """A SELECT over a table (id, modality, cosine); rows of another modality get NULL and rank last."""
    return (
        header(
            "--",
            numbers.origin,
            "Written for standard SQL: SQLite 3.30 or newer, PostgreSQL.",
            "Wanted: a table or subquery \"scores\" with the columns id, modality ('text' or 'image') and cosine.",
            "With pgvector that subquery is",
            "  (SELECT id, modality, 1 - (embedding <=> :query) AS cosine FROM items) AS scores",
        )
        + f"""SELECT
  id,
  modality,
  cosine,
  CASE modality
    WHEN 'text' THEN (cosine - {_number(numbers.mean["text"])}) / {numbers.std["text"]!r}
    WHEN 'image' THEN (cosine - {_number(numbers.mean["image"])}) / {numbers.std["image"]!r}
  END AS z
FROM scores
ORDER BY z DESC NULLS LAST
LIMIT 10;
"""
    )


def _number(value: float) -> str:
    return f"({value!r})" if value < 0 else repr(value)  # "- -0.1" would begin a comment without the space
