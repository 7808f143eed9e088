"""SQL: the calibrated score and z, wherever the cosine of a row can be had; with pgvector, for example."""

from __future__ import annotations

from modgap.engines.numbers import Numbers, header


def sql(numbers: Numbers) -> str:
    """A SELECT over a table (id, modality, cosine); rows of another group get NULL and rank last."""
    groups = [(_text(group), _number(numbers.mean[group]), repr(numbers.std[group])) for group in numbers.groups]
    lengths = "\n".join(f"      WHEN {_text(group)} THEN {length}" for group, length in numbers.list_lengths.items())
    standardized = "\n".join(f"    WHEN {group} THEN (cosine - {mean}) / {std}" for group, mean, std in groups)
    calibrated = "\n".join(
        f"    WHEN {group} THEN (cosine - ({mean} + COALESCE(following, {mean})) / 2) / {std}"
        for group, mean, std in groups
    )
    return (
        header(
            "--",
            numbers.origin,
            "Written for standard SQL: SQLite 3.30 or newer, PostgreSQL.",
            f'Wanted: a table or subquery "scores" with the columns id, modality ({numbers.group_names}) and cosine,',
            f"in which the {max(numbers.list_lengths.values())} best rows of each modality are. With pgvector it is",
            "  (SELECT id, modality, 1 - (embedding <=> :query) AS cosine FROM items) AS scores",
        )
        + f"""WITH placed AS (
  SELECT
    id,
    modality,
    cosine,
    ROW_NUMBER() OVER (PARTITION BY modality ORDER BY cosine DESC) AS place
  FROM scores
),
lists AS (
  SELECT modality, AVG(cosine) AS following
  FROM placed
  WHERE place BETWEEN 2 AND
    CASE modality
{lengths}
    END
  GROUP BY modality
)
SELECT
  placed.id,
  placed.modality,
  cosine,
  CASE placed.modality
{standardized}
  END AS z,
  CASE placed.modality
{calibrated}
  END AS calibrated
FROM placed
LEFT JOIN lists ON lists.modality = placed.modality
ORDER BY calibrated DESC NULLS LAST
LIMIT 10;
"""
    )


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _number(value: float) -> str:
    return f"({value!r})" if value < 0 else repr(value)  # "- -0.1" would begin a comment without the space
