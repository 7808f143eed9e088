"""LanceDB: a search a group, filtered before the nearest are looked for, merged by the calibrated score in Python."""

from __future__ import annotations

from modgap.engines.merged_search import merged_search
from modgap.engines.numbers import USUAL, Names, Numbers, header


def lancedb(numbers: Numbers, names: Names = USUAL) -> str:
    """A function of lancedb."""
    vector = names.vector or "vector"
    found = f"""group = modality.replace("'", "''")
rows = (
    table.search(query_vector, vector_column_name={vector!r})
    .distance_type("cosine")
    .where(f"{names.group} = '{{group}}'", prefilter=True)
    .limit(limit)
    .to_list()
)
found = [(row[{names.id!r}], 1 - row["_distance"]) for row in rows]"""
    return header(
        "#",
        numbers.origin,
        "Written for LanceDB 0.20 or newer, run with 0.40. table: db.open_table(...); its columns are",
        f'"{names.id}", "{vector}" and "{names.group}" ({numbers.group_names}).',
    ) + merged_search(
        numbers,
        names,
        imports="from lancedb.table import Table",
        client="table: Table",
        found=found,
    )
