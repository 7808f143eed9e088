"""SQL: a CASE expression that runs wherever the cosine of a row can be had; with pgvector, for example."""

from __future__ import annotations

from modgap.engines.numbers import Numbers, header


def sql(numbers: Numbers) -> str:
    """A SELECT over a table (id, modality, cosine); rows of another group get NULL and rank last."""
    cases = "\n".join(
        f"    WHEN {_text(group)} THEN (cosine - {_number(numbers.mean[group])}) / {numbers.std[group]!r}"
        for group in numbers.groups
    )
    return (
        header(
            "--",
            numbers.origin,
            "Written for standard SQL: SQLite 3.30 or newer, PostgreSQL.",
            f'Wanted: a table or subquery "scores" with the columns id, modality ({numbers.group_names}) and cosine.',
            "With pgvector that subquery is",
            "  (SELECT id, modality, 1 - (embedding <=> :query) AS cosine FROM items) AS scores",
        )
        + f"""SELECT
  id,
  modality,
  cosine,
  CASE modality
{cases}
  END AS z
FROM scores
ORDER BY z DESC NULLS LAST
LIMIT 10;
"""
    )


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _number(value: float) -> str:
    return f"({value!r})" if value < 0 else repr(value)  # "- -0.1" would begin a comment without the space
