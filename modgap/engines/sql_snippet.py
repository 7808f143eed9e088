"""SQL: the calibrated score and z, wherever the cosine of a row can be had; and for pgvector, one top-k a group."""

from __future__ import annotations

import re

from modgap.engines.numbers import USUAL, Names, Numbers, header


def sql(numbers: Numbers, names: Names = USUAL) -> str:
    """A SELECT over a table (id, group, cosine); rows of another group get NULL and rank last."""
    group = _name(names.group)
    return (
        header(
            "--",
            numbers.origin,
            "Written for standard SQL: SQLite 3.30 or newer, PostgreSQL.",
            f'Wanted: a table or subquery "scores" with the columns {names.id}, {names.group} ({numbers.group_names})',
            f"and cosine, in which the {max(numbers.list_lengths.values())} best rows of each {names.group} are.",
            "For PostgreSQL with pgvector: modgap export --to pgvector",
        )
        + f"WITH {_ranking(numbers, names, group)}"
    )


def pgvector(numbers: Numbers, names: Names = USUAL) -> str:
    """Indexes and a query for PostgreSQL with pgvector: the nearest of each group by its own index, then merged."""
    table = ".".join(_name(part) for part in names.table.split("."))
    vector, group, key = _name(names.vector or "embedding"), _name(names.group), _name(names.id)
    indexes = "".join(
        f"CREATE INDEX IF NOT EXISTS {_name(_index_name(names, each))} ON {table}\n"
        f"  USING hnsw ({vector} vector_cosine_ops) WHERE {group} = {_text(each)};\n"
        for each in numbers.groups
    )
    parts = "\n  UNION ALL\n".join(
        f"  (SELECT {key}, {group}, 1 - ({vector} <=> :query) AS cosine FROM {table}\n"
        f"   WHERE {group} = {_text(each)} ORDER BY {vector} <=> :query LIMIT {max(names.k, length)})"
        for each, length in numbers.list_lengths.items()
    )
    return (
        header(
            "--",
            numbers.origin,
            "Written for PostgreSQL 14 and pgvector 0.5 or newer, run with PostgreSQL 18.4 and pgvector 0.8.5.",
            f"{names.table} ({names.id}, {names.group}: {numbers.group_names}, {names.vector or 'embedding'}:",
            f"vector({numbers.dimension})); :query is the query vector, cast to vector where your client sends text.",
            "On one index of all rows the gap fills every candidate with one group, and the other vanishes: hence an",
            "index for each. With halfvec columns write halfvec_cosine_ops.",
        )
        + indexes
        + f"\nWITH scores AS (\n{parts}\n),\n{_ranking(numbers, names, group)}"
    )


def _ranking(numbers: Numbers, names: Names, group: str) -> str:
    """The rest of a WITH clause that begins with "scores", and the SELECT."""
    key = _name(names.id)
    groups = [(_text(each), _number(numbers.mean[each]), repr(numbers.std[each])) for each in numbers.groups]
    lengths = "\n".join(f"      WHEN {_text(each)} THEN {length}" for each, length in numbers.list_lengths.items())
    standardized = "\n".join(f"    WHEN {each} THEN (cosine - {mean}) / {std}" for each, mean, std in groups)
    calibrated = "\n".join(
        f"    WHEN {each} THEN (cosine - ({mean} + COALESCE(following, {mean})) / 2) / {std}"
        for each, mean, std in groups
    )
    return f"""placed AS (
  SELECT
    {key},
    {group},
    cosine,
    ROW_NUMBER() OVER (PARTITION BY {group} ORDER BY cosine DESC) AS place
  FROM scores
),
lists AS (
  SELECT {group}, AVG(cosine) AS following
  FROM placed
  WHERE place BETWEEN 2 AND
    CASE {group}
{lengths}
    END
  GROUP BY {group}
)
SELECT
  placed.{key},
  placed.{group},
  cosine,
  CASE placed.{group}
{standardized}
  END AS z,
  CASE placed.{group}
{calibrated}
  END AS calibrated
FROM placed
LEFT JOIN lists ON lists.{group} = placed.{group}
ORDER BY calibrated DESC NULLS LAST
LIMIT {names.k};
"""


def _name(name: str) -> str:
    """A name as SQL reads it: quoted, unless it is a plain one in small letters.

    >>> _name("items"), _name("my Table")
    ('items', '"my Table"')
    """
    return name if re.fullmatch(r"[a-z_][a-z0-9_]*", name) else '"' + name.replace('"', '""') + '"'


def _index_name(names: Names, group: str) -> str:
    """As `push` names its indexes (`pgvector.py`)."""
    table = names.table.split(".")[-1]
    return re.sub(r"\W+", "_", f"{table}_{names.vector or 'embedding'}_{group}")[:60].lower()


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _number(value: float) -> str:
    return f"({value!r})" if value < 0 else repr(value)  # "- -0.1" would begin a comment without the space
