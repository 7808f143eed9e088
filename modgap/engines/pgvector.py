"""PostgreSQL with pgvector: one top-k a group, by an index that serves it.

The gap makes the obvious index useless: on one HNSW index over all rows, the nearest of a text query are texts, so a
scan that then filters by group finds no picture among its 40 candidates. Two ways out:

    a partial index for each group    CREATE INDEX ON items USING hnsw (embedding vector_cosine_ops)
                                        WHERE modality = 'image'
    an iterative scan (0.8 or newer)  SET hnsw.iterative_scan = relaxed_order, until k rows pass the filter

This engine sets the second for its own connection, and uses the first where it is there. The cosine is 1 - (a <=> b).
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from modgap.engines.engine_url import EngineUrl
from modgap.engines.live import MOST_GROUPS, SAMPLE, Advice, LiveEngine, Stored, compared_with_exact
from modgap.engines.sql_snippet import sql as snippet
from modgap.errors import EngineError
from modgap.vectors import Vectors, unit_vectors

TIMEOUT = 120  # seconds for one statement
MOST_CANDIDATES = 1000  # the highest hnsw.ef_search that pgvector takes
LOW_RECALL = 0.95
LARGE = 200_000  # rows, beyond which a sample is drawn by pages: row by row, it would read the whole table
_MODEL = re.compile(r"modgap: vectors of the model (.+)")


class PgvectorEngine(LiveEngine):
    """A table of PostgreSQL with a column of pgvector (`vector` or `halfvec`)."""

    def __init__(self, url: EngineUrl, *, sample: int = SAMPLE) -> None:
        super().__init__(url, sample=sample)
        self._psycopg = _client()
        self._connection: Any = None
        self._kind, self._width = "", 0

    @property
    def dimension(self) -> int:
        self._look_at_columns()
        return self._width

    @property
    def model(self) -> str:
        found = self._rows("SELECT obj_description(to_regclass({name})::oid)", name=self._regclass())
        match = _MODEL.search(found[0][0] or "") if found else None
        return match.group(1) if match else ""

    def _count_groups(self) -> dict[str, int]:
        self._look_at_columns()
        return {str(group): int(n) for group, n in self._rows(_COUNTS, most=MOST_GROUPS + 1)}

    def _nearest(self, queries: Vectors, k: int, group: str, *, exact: bool = False) -> list[list[tuple[str, float]]]:
        self._look_at_columns()
        with self._connected() as connection, connection.transaction():
            self._set(connection, "hnsw.ef_search", min(MOST_CANDIDATES, max(100, 2 * k)))
            if exact:
                self._set(connection, "enable_indexscan", "off")
            found = connection.execute(
                self._sql(_NEAREST, value=group, k=k, kind=self._kind), [self._texts_of(queries)]
            )
            lists: list[list[tuple[str, float]]] = [[] for _ in queries]
            for number, name, distance in found.fetchall():
                lists[number - 1].append((str(name), 1.0 - float(distance)))
        return lists

    def _fetch(self, ids: Sequence[str]) -> list[Stored]:
        self._look_at_columns()
        text = self._text_column()
        found = self._rows(
            "SELECT {id}::text, {group}, {vector}::text, " + text + " FROM {table} WHERE {id}::text = ANY(%s)", [*ids]
        )
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
        statement = "SELECT {id}::text, {group}, {vector}::text, " + self._text_column() + _SAMPLE
        return self._rows(statement, sampling=sampling, share=share, value=group, k=n)

    def create(self, dimension: int, model: str) -> None:
        with self._connected() as connection, connection.transaction():
            connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
            connection.execute(self._sql(_CREATE, d=dimension))
            if model:
                note = f"modgap: vectors of the model {model}"
                connection.execute(self._sql("COMMENT ON TABLE {table} IS {note}", note=note))
        self._connection.close()  # the next one has pgvector's settings, also if it was created just now
        self._width = 0
        if self.dimension != dimension:
            raise EngineError(
                f"{self.url.place}, holds vectors of {self.dimension} dimensions and these have {dimension}: push to "
                f"another table (table=NAME in the URL)."
            )

    def write(self, items: Sequence[Stored]) -> None:
        rows = [(each.id, each.group, _vector_text(each.vector), each.text) for each in items]
        with self._connected() as connection, connection.transaction(), connection.cursor() as cursor:
            cursor.executemany(self._sql(_WRITE), rows)

    def finish(self, groups: Sequence[str]) -> None:
        """A partial HNSW index for each group, and the planner's statistics."""
        for group in groups:
            for statement in self._index_statements(group):
                self._rows(statement, fetch=False)
        self._rows("ANALYZE {table}", fetch=False)

    def advice(self, queries: Vectors, k: int = 10) -> Advice:
        """Looks at the indexes and at a plan for each group, and compares what came back with an exact scan."""
        lines, create = [], []
        indexes = self._rows("SELECT indexdef FROM pg_indexes WHERE tablename = {name}", name=self._table_parts()[-1])
        ann = [each for (each,) in indexes if re.search(r"USING (hnsw|ivfflat)", each)]
        lines.append(f"{len(ann)} vector indexes: {'; '.join(ann) or 'none, so every search scans the table'}.")
        found = compared_with_exact(self, lambda q, n, g: self._nearest(q, n, g, exact=True), queries, k)
        for group in self.groups:
            plan = self._plan(queries[:1], k, group)
            used = re.search(r"Index Scan using (\S+)", plan)
            by = f"by the index {used.group(1)}" if used else "by a scan of the whole table"
            alone = self._left_to_defaults(queries, k, group)
            lines.append(
                f"{group}: {by}; {found[group]:.0%} of the exact {k} best came back. With the server's own settings "
                f"a search for {k} gave {alone:.1f} rows in the mean."
            )
            partial = any("WHERE" in each and f"'{group}'" in each for each in ann)
            if not partial and (self.count(group) > MOST_CANDIDATES or found[group] < LOW_RECALL):
                create += self._index_statements(group)
        return Advice(lines, create, found)

    def _plan(self, queries: Vectors, k: int, group: str) -> str:
        self._look_at_columns()
        with self._connected() as connection, connection.transaction():
            statement = self._sql("EXPLAIN " + _NEAREST, value=group, k=k, kind=self._kind)
            return "\n".join(row[0] for row in connection.execute(statement, [self._texts_of(queries)]).fetchall())

    def _left_to_defaults(self, queries: Vectors, k: int, group: str) -> float:
        """How many rows one top-k of a group gives in the mean without the settings of this engine."""
        self._look_at_columns()
        with self._connected() as connection, connection.transaction():
            for name in ("hnsw.iterative_scan", "hnsw.ef_search"):
                connection.execute(f"SET LOCAL {name} TO DEFAULT")
            statement = self._sql(_NEAREST, value=group, k=k, kind=self._kind)
            found = connection.execute(statement, [self._texts_of(queries)]).fetchall()
        return len(found) / len(queries)

    def _index_statements(self, group: str) -> list[str]:
        self._look_at_columns()
        name = re.sub(r"\W+", "_", f"{self._table_parts()[-1]}_{self.url.vector}_{group}")[:60].lower()
        statement = self._sql(
            "CREATE INDEX IF NOT EXISTS {index} ON {table} USING hnsw ({vector} {operators}) WHERE {group} = {value}",
            index=name,
            value=group,
        )
        return [statement.as_string(None)]

    def _look_at_columns(self) -> None:
        """Find type and width of the vector column. Raises EngineError for a table or column that is not there."""
        if self._width:
            return
        columns = dict(self._rows(_COLUMNS, name=self._regclass()))
        if not columns:
            others = [each for (each,) in self._rows(_TABLES)]
            raise EngineError(
                f"{self.url.place}, is not there. Tables with vectors: {', '.join(others) or 'none'}. Name one with "
                f"table=NAME, or push a corpus first (modgap push CORPUS URL)."
            )
        for what in ("id", "vector", "group"):
            if (name := getattr(self.url, what)) not in columns:
                raise EngineError(
                    f'{self.url.place}, has no column "{name}" for {what}. It has: {", ".join(columns)}. Name it with '
                    f"{what}=COLUMN in the URL."
                )
        match = re.fullmatch(r"(?:\w+\.)?(vector|halfvec)(?:\((\d+)\))?", columns[self.url.vector])
        if match is None:
            raise EngineError(
                f'The column "{self.url.vector}" of {self.url.place}, is {columns[self.url.vector]}: '
                f"pgvector's vector or halfvec is wanted."
            )
        self._kind = match.group(1)
        self._has_text = bool(self.url.text) and self.url.text in columns
        self._width = int(match.group(2) or 0) or self._width_of_a_row()

    def _width_of_a_row(self) -> int:
        found = self._rows("SELECT vector_dims({vector}) FROM {table} WHERE {vector} IS NOT NULL LIMIT 1")
        if not found:
            raise EngineError(f"{self.url.place}, is empty: push a corpus first (modgap push CORPUS URL).")
        return int(found[0][0])

    def _text_column(self) -> str:
        self._look_at_columns()
        return "{text}::text" if self._has_text else "NULL"

    def _texts_of(self, vectors: Vectors) -> list[str]:
        return [_vector_text(vector) for vector in vectors]

    def _table_parts(self) -> list[str]:
        return self.url.name.split(".")

    def _regclass(self) -> str:
        return ".".join('"' + part.replace('"', '""') + '"' for part in self._table_parts())

    def _sql(self, statement: str, **values: object) -> Any:
        """A statement with names of the URL and values in it, each quoted."""
        quote = self._psycopg.sql
        names = {
            "table": quote.Identifier(*self._table_parts()),
            "operators": quote.SQL(f"{self._kind or 'vector'}_cosine_ops"),
            "index": quote.Identifier(str(values.pop("index", "items"))),
            **{each: quote.Identifier(getattr(self.url, each) or "text") for each in ("id", "vector", "group", "text")},
        }
        for name in ("kind", "sampling"):
            if name in values:
                names[name] = quote.SQL(str(values.pop(name)))
        return quote.SQL(statement).format(**names, **{name: quote.Literal(value) for name, value in values.items()})

    def _rows(self, statement: str, parameter: object = None, *, fetch: bool = True, **values: object) -> list[Any]:
        with self._connected() as connection:
            built = self._sql(statement, **values) if "{" in statement else statement
            found = connection.execute(built, [parameter] if parameter is not None else None)
            return found.fetchall() if fetch else []

    def _set(self, connection: Any, name: str, value: object) -> None:
        connection.execute(f"SET LOCAL {name} = {value}")

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        """The connection, opened at first and anew after it was lost; failures as EngineError."""
        errors = self._psycopg
        try:
            if self._connection is None or self._connection.closed:
                self._connection = self._open()
            yield self._connection
        except errors.errors.QueryCanceled as error:
            raise EngineError(
                f"{self.url.place}, did not answer within {TIMEOUT} s: is it busy, or an index missing?"
            ) from error
        except errors.errors.UndefinedFile as error:
            raise EngineError(f"{self.url.place}: pgvector is not installed on this server.") from error
        except errors.OperationalError as error:
            raise EngineError(
                f"{self.url.place}, cannot be reached: {_one_line(error)}. Run the command again."
            ) from error
        except errors.Error as error:
            raise EngineError(f"{self.url.place}, refused: {_one_line(error)}.") from error

    def _open(self) -> Any:
        url = self.url
        options = {name: value for name, value in url.options.items() if name in ("sslmode", "host")}
        named = {"host": url.host, "port": url.port, "user": url.user, "dbname": url.path}
        given = {name: value for name, value in named.items() if value}
        settings = f"-c statement_timeout={TIMEOUT * 1000}"
        connection = self._psycopg.connect(
            **{**given, **options}, connect_timeout=10, options=settings, autocommit=True, application_name="modgap"
        )
        if connection.execute("SELECT FROM pg_extension WHERE extname = 'vector'").fetchone() is not None:
            connection.execute("SELECT '[1]'::vector")  # loads the library: before that its settings are not its own
            for setting in ("hnsw.iterative_scan = relaxed_order", "hnsw.max_scan_tuples = 1000000"):
                connection.execute(f"SET {setting}")  # without effect before 0.8
        return connection


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
_WRITE = """INSERT INTO {table} ({id}, {group}, {vector}, {text}) VALUES (%s, %s, %s, %s)
ON CONFLICT ({id}) DO UPDATE SET {group} = EXCLUDED.{group}, {vector} = EXCLUDED.{vector}, {text} = EXCLUDED.{text}"""
_COLUMNS = """SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
WHERE attrelid = to_regclass({name}) AND attnum > 0 AND NOT attisdropped ORDER BY attnum"""
_TABLES = """SELECT DISTINCT attrelid::regclass::text FROM pg_attribute JOIN pg_class ON attrelid = pg_class.oid
WHERE relkind IN ('r', 'p') AND format_type(atttypid, atttypmod) ~ '(vector|halfvec)'
AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema') LIMIT 10"""


def connect(url: EngineUrl, *, sample: int = SAMPLE) -> PgvectorEngine:
    """The engine of a URL; it connects when it is first asked."""
    return PgvectorEngine(url, sample=sample)


def _client() -> Any:
    try:
        importlib.import_module("psycopg.sql")
        return importlib.import_module("psycopg")
    except ImportError as error:
        raise EngineError('PostgreSQL needs a client: pip install "modgap[pgvector]".') from error


def _stored(row: Sequence[Any]) -> Stored:
    name, group, vector, text = row
    return Stored(str(name), str(group), _vector_of(vector, str(name)), text)


def _vector_text(vector: Vectors) -> str:
    return "[" + ",".join(map(repr, vector.astype(float).tolist())) + "]"


def _vector_of(text: str, name: str) -> Vectors:
    return unit_vectors(np.fromstring(text[1:-1], dtype=np.float32, sep=",")[None, :], ids=[name])[0]


def _one_line(error: Exception) -> str:
    """The first line of a client's message; psycopg's never repeat a password."""
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__


__all__ = ["PgvectorEngine", "connect", "snippet"]
