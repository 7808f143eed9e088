"""PostgreSQL with pgvector: one top-k a group, by an index that serves it.

The gap makes the obvious index useless: on one HNSW index over all rows, the nearest of a text query are texts, so a
scan that then filters by group finds no picture among its 40 candidates. Two ways out:

    a partial index for each group    CREATE INDEX ON items USING hnsw (embedding vector_cosine_ops)
                                        WHERE modality = 'image'
    an iterative scan (0.8 or newer)  SET hnsw.iterative_scan = relaxed_order, until k rows pass the filter

This engine sets the second for its own connection, and uses the first where it is there. The cosine is 1 - (a <=> b).
"""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from modgap.engines.advice import Advice, compared_with_exact
from modgap.engines.engine_url import EngineUrl
from modgap.engines.live import MOST_GROUPS, SAMPLE, LiveEngine
from modgap.engines.postgres_table import PostgresTable
from modgap.engines.sql_snippet import pgvector as snippet
from modgap.engines.stored import Stored
from modgap.errors import EngineError
from modgap.vectors import Vectors, unit_vectors

MOST_CANDIDATES = 1000  # the highest hnsw.ef_search that pgvector takes
LOW_RECALL = 0.95
LARGE = 200_000  # rows, beyond which a sample is drawn by pages: row by row, it would read the whole table
_MODEL = re.compile(r"modgap: vectors of the model (.+)")
_NEAREST = """SELECT q.number, found.id::text, found.distance
FROM unnest(%s::{kind}[]) WITH ORDINALITY AS q (vector, number)
CROSS JOIN LATERAL (
  SELECT {id} AS id, {vector} <=> q.vector AS distance FROM {table}
  WHERE {group} = {value} ORDER BY {vector} <=> q.vector LIMIT {k}
) AS found ORDER BY q.number, found.distance"""
_SAMPLE = """ FROM {table} TABLESAMPLE {sampling} ({share}) REPEATABLE (0)
WHERE {group} = {value} AND {vector} IS NOT NULL ORDER BY md5({id}::text) LIMIT {k}"""
_COUNTS = """SELECT {group}, count(*) FROM {table} WHERE {vector} IS NOT NULL AND {group} IS NOT NULL
GROUP BY 1 LIMIT {most}"""
_CREATE = """CREATE TABLE IF NOT EXISTS {table} (
  {id} text PRIMARY KEY, {group} text NOT NULL, {vector} vector({d}) NOT NULL, {text} text)"""
_WRITE = """INSERT INTO {table} ({id}, {group}, {vector}) VALUES (%s, %s, %s)
ON CONFLICT ({id}) DO UPDATE SET {group} = EXCLUDED.{group}, {vector} = EXCLUDED.{vector}"""
_WRITE_TEXT = """INSERT INTO {table} ({id}, {group}, {vector}, {text}) VALUES (%s, %s, %s, %s)
ON CONFLICT ({id}) DO UPDATE SET {group} = EXCLUDED.{group}, {vector} = EXCLUDED.{vector}, {text} = EXCLUDED.{text}"""
_INDEX = "CREATE INDEX IF NOT EXISTS {index} ON {table} USING hnsw ({vector} {operators}) WHERE {group} = {value}"


class PgvectorEngine(LiveEngine):
    """A table of PostgreSQL with a column of pgvector (`vector` or `halfvec`)."""

    def __init__(self, url: EngineUrl, *, sample: int = SAMPLE) -> None:
        super().__init__(url, sample=sample)
        self.table = PostgresTable(url)
        self._scans = False

    def exact(self) -> PgvectorEngine:
        """The same table, scanned whole for each search; rows are the same ones."""
        twin = copy.copy(self)
        twin._scans = True
        return twin

    @property
    def dimension(self) -> int:
        self.table.look_at_columns()
        return self.table.width

    @property
    def model(self) -> str:
        found = self.table.rows("SELECT obj_description(to_regclass({name})::oid)", name=self.table.regclass)
        match = _MODEL.search(found[0][0] or "") if found else None
        return match.group(1) if match else ""

    def _count_groups(self) -> dict[str, int]:
        self.table.look_at_columns()
        return {str(group): int(n) for group, n in self.table.rows(_COUNTS, most=MOST_GROUPS + 1)}

    def _nearest(self, queries: Vectors, k: int, group: str) -> list[list[tuple[str, float]]]:
        candidates = min(MOST_CANDIDATES, max(100, 2 * k))
        settings: dict[str, object] = {"enable_indexscan": "off"} if self._scans else {"hnsw.ef_search": candidates}
        return self._asked(queries, k, group, settings)

    def _asked(
        self, queries: Vectors, k: int, group: str, settings: dict[str, object]
    ) -> list[list[tuple[str, float]]]:
        """(id, cosine) of the k nearest of a group for each query, under settings of the server."""
        self.table.look_at_columns()
        with self.table.connected() as connection, connection.transaction():
            for name, value in settings.items():
                connection.execute(f"SET LOCAL {name} TO {value}")
            found = connection.execute(self.table.sql(_NEAREST, value=group, k=k), [_texts_of(queries)])
            lists: list[list[tuple[str, float]]] = [[] for _ in queries]
            for number, name, distance in found.fetchall():
                lists[number - 1].append((str(name), 1.0 - float(distance)))
        return lists

    def _fetch(self, ids: Sequence[str]) -> list[Stored]:
        self.table.look_at_columns()
        statement = "SELECT {id}::text, {group}, {vector}::text, " + self.table.text_column
        found = self.table.rows(statement + " FROM {table} WHERE {id} = ANY(%s)", self.table.possible_ids(ids))
        return [_stored(row) for row in found]

    def _draw(self, group: str, n: int) -> list[Stored]:
        count = self.count(group)
        total = sum(self.count(each) for each in self.groups)
        share = 100.0 if count <= n else min(100.0, 120.0 * n / count + 0.01)
        found = self._sampled_rows(group, n, share, "SYSTEM") if total > LARGE else []
        if len(found) < n / 2:  # few pages, or a group that stands together in them
            found = self._sampled_rows(group, n, share, "BERNOULLI")
        return sorted((_stored(row) for row in found), key=lambda item: item.id)

    def _sampled_rows(self, group: str, n: int, share: float, sampling: str) -> list[Any]:
        """At most n rows of a group, of a share of the table in percent, the same ones each time."""
        self.table.look_at_columns()
        statement = "SELECT {id}::text, {group}, {vector}::text, " + self.table.text_column + _SAMPLE
        return self.table.rows(statement, sampling=sampling, share=share, value=group, k=n)

    def create(self, dimension: int, model: str) -> None:
        self.table.rows("CREATE EXTENSION IF NOT EXISTS vector")
        self.table.rows(_CREATE, d=dimension)
        if model:
            self.table.rows("COMMENT ON TABLE {table} IS {note}", note=f"modgap: vectors of the model {model}")
        self.table.forget()
        if self.dimension != dimension:
            raise EngineError(
                f"{self.url.place}, holds vectors of {self.dimension} dimensions and these have {dimension}: push to "
                f"another table (table=NAME in the URL)."
            )

    def write(self, items: Sequence[Stored]) -> None:
        self.table.look_at_columns()
        rows: list[tuple[Any, ...]] = [(each.id, each.group, _vector_text(each.vector)) for each in items]
        if self.table.has_text:
            rows = [(*row, each.text) for row, each in zip(rows, items, strict=True)]
        statement = self.table.sql(_WRITE_TEXT if self.table.has_text else _WRITE)
        with self.table.connected() as connection, connection.transaction(), connection.cursor() as cursor:
            cursor.executemany(statement, rows)

    def finish(self, groups: Sequence[str]) -> None:
        """A partial HNSW index for each group, and the planner's statistics."""
        for group in groups:
            with self.table.connected() as connection, connection.transaction():
                connection.execute("SET LOCAL statement_timeout TO 0")  # building takes its time
                connection.execute(self.index_statement(group))
        self.table.rows("ANALYZE {table}")

    def index_statement(self, group: str) -> str:
        """The statement that creates an index of one group."""
        self.table.look_at_columns()
        name = re.sub(r"\W+", "_", f"{self.table.parts[-1]}_{self.url.vector}_{group}")[:60].lower()
        return str(self.table.sql(_INDEX, index=name, value=group).as_string(None))

    def advice(self, queries: Vectors, k: int = 10) -> Advice:
        """Looks at the indexes and at a plan for each group, and compares what came back with an exact scan."""
        lines, create = [], []
        defined = "SELECT indexdef FROM pg_indexes WHERE tablename = {name}"
        indexes = [each for (each,) in self.table.rows(defined, name=self.table.parts[-1])]
        ann = [each for each in indexes if re.search(r"USING (hnsw|ivfflat)", each)]
        lines.append(f"{len(ann)} vector indexes: {'; '.join(ann) or 'none, so every search scans the table'}.")
        found = compared_with_exact(self.groups, self._nearest, self.exact()._nearest, queries, k)
        for group in self.groups:
            alone = sum(map(len, self.at_defaults(queries, k, group))) / len(queries)
            lines.append(
                f"{group}: {self._served_by(queries[:1], k, group)}; {found[group]:.0%} of the exact {k} best came "
                f"back. With the server's own settings a search for {k} gave {alone:.1f} rows in the mean."
            )
            partial = any("WHERE" in each and f"'{group}'" in each for each in ann)
            if not partial and (self.count(group) > MOST_CANDIDATES or found[group] < LOW_RECALL):
                create.append(self.index_statement(group) + ";")
        return Advice(lines, create, found)

    def at_defaults(self, queries: Vectors, k: int, group: str) -> list[list[tuple[str, float]]]:
        """As `_nearest`, under the server's own settings: the obvious query."""
        return self._asked(queries, k, group, dict.fromkeys(("hnsw.iterative_scan", "hnsw.ef_search"), "DEFAULT"))

    def _served_by(self, queries: Vectors, k: int, group: str) -> str:
        self.table.look_at_columns()
        plan = self.table.rows("EXPLAIN " + _NEAREST, _texts_of(queries), value=group, k=k)
        used = re.search(r"Index Scan using (\S+)", "\n".join(line for (line,) in plan))
        return f"by the index {used.group(1)}" if used else "by a scan of the whole table"


def connect(url: EngineUrl, *, sample: int = SAMPLE) -> PgvectorEngine:
    """The engine of a URL; it connects when it is first asked."""
    return PgvectorEngine(url, sample=sample)


def _stored(row: Sequence[Any]) -> Stored:
    name, group, vector, text = row
    return Stored(str(name), str(group), _vector_of(vector, str(name)), text)


def _texts_of(vectors: Vectors) -> list[str]:
    return [_vector_text(vector) for vector in vectors]


def _vector_text(vector: Vectors) -> str:
    return "[" + ",".join(map(repr, vector.astype(float).tolist())) + "]"


def _vector_of(text: str, name: str) -> Vectors:
    return unit_vectors(np.asarray(text[1:-1].split(","), dtype=np.float32)[None, :], ids=[name])[0]


__all__ = ["PgvectorEngine", "connect", "snippet"]
