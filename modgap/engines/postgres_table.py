"""A table of PostgreSQL: its connection, its columns, and statements with their names in them."""

from __future__ import annotations

import importlib
import re
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from modgap.engines.engine_url import EngineUrl
from modgap.errors import EngineError

TIMEOUT = 120  # seconds for one statement
_SETTINGS = (  # without effect before pgvector 0.8; the gap can hold a hundred thousand texts before the first picture
    "hnsw.iterative_scan = relaxed_order",
    "hnsw.max_scan_tuples = 1000000",
    "hnsw.scan_mem_multiplier = 64",  # of work_mem, 4 MB: a scan ends where its memory does
)
_NUMBERS = ("bigint", "integer", "smallint")
_COLUMNS = """SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
WHERE attrelid = to_regclass({name}) AND attnum > 0 AND NOT attisdropped ORDER BY attnum"""
_TABLES = """SELECT DISTINCT attrelid::regclass::text FROM pg_attribute JOIN pg_class ON attrelid = pg_class.oid
WHERE relkind IN ('r', 'p') AND format_type(atttypid, atttypmod) ~ '(vector|halfvec)'
AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema') LIMIT 10"""


class PostgresTable:
    """The table of a URL. Every failure is raised as EngineError, in one sentence.

    kind: "vector" or "halfvec", the type of the vector column; width: its dimensions; has_text: whether the text column
    is there. They are known after `look_at_columns`.
    """

    def __init__(self, url: EngineUrl) -> None:
        self.url = url
        self.kind, self.width, self.has_text = "vector", 0, False
        self._psycopg = _client()
        self._connection: Any = None
        self._id_type = "text"

    def look_at_columns(self) -> None:
        """Find the columns, once. Raises EngineError for a table or a column that is not there."""
        if self.width:
            return
        columns = dict(self.rows(_COLUMNS, name=self.regclass))
        if not columns:
            others = [each for (each,) in self.rows(_TABLES)]
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
        self.kind = match.group(1)
        self.has_text = bool(self.url.text) and self.url.text in columns
        self._id_type = columns[self.url.id]
        self.width = int(match.group(2) or 0) or self._width_of_a_row()

    def forget(self) -> None:
        """Look at the columns again, on a new connection: pgvector may have been created just now."""
        self.width = 0
        if self._connection is not None:
            self._connection.close()

    def _width_of_a_row(self) -> int:
        found = self.rows("SELECT vector_dims({vector}) FROM {table} WHERE {vector} IS NOT NULL LIMIT 1")
        if not found:
            raise EngineError(f"{self.url.place}, is empty: push a corpus first (modgap push CORPUS URL).")
        return int(found[0][0])

    @property
    def parts(self) -> list[str]:
        """The schema, if one is named, and the table."""
        return self.url.name.split(".")

    @property
    def regclass(self) -> str:
        """The table's name as PostgreSQL's functions take it."""
        return ".".join('"' + part.replace('"', '""') + '"' for part in self.parts)

    @property
    def text_column(self) -> str:
        """The words of a row in a SELECT, where the table has them."""
        return "{text}::text" if self.has_text else "NULL"

    def possible_ids(self, ids: Sequence[str]) -> list[Any]:
        """The ids that the id column can hold, as values of its type: "abc" is in no column of numbers."""
        if self._id_type in _NUMBERS:
            return [int(name) for name in ids if re.fullmatch(r"-?\d{1,18}", name)]
        if self._id_type == "uuid":
            found = []
            for name in ids:
                with suppress(ValueError):
                    found.append(uuid.UUID(name))
            return found
        return [*ids]

    def sql(self, statement: str, **values: object) -> Any:
        """A statement with the names of the URL and values in it, each quoted; `kind` and `sampling` are keywords."""
        quote = self._psycopg.sql
        names = {
            "table": quote.Identifier(*self.parts),
            "operators": quote.SQL(f"{self.kind}_cosine_ops"),
            "index": quote.Identifier(str(values.pop("index", "items"))),
            "kind": quote.SQL(self.kind),
            "sampling": quote.SQL(str(values.pop("sampling", "SYSTEM"))),
            **{each: quote.Identifier(getattr(self.url, each) or "text") for each in ("id", "vector", "group", "text")},
        }
        return quote.SQL(statement).format(**names, **{name: quote.Literal(value) for name, value in values.items()})

    def rows(self, statement: str, parameter: object = None, **values: object) -> list[Any]:
        """The rows that a statement gives; none where it gives no table."""
        with self.connected() as connection:
            found = connection.execute(self.sql(statement, **values), [parameter] if parameter is not None else None)
            return found.fetchall() if found.description else []

    @contextmanager
    def connected(self) -> Iterator[Any]:
        """The connection, opened at first and anew after it was lost; failures as EngineError."""
        errors = self._psycopg
        try:
            if self._connection is None or self._connection.closed:
                self._connection = self._open()
            yield self._connection
        except errors.errors.QueryCanceled as error:
            why = f"did not answer within {TIMEOUT} s: is it busy, or an index missing?"
            raise EngineError(f"{self.url.place}, {why}") from error
        except errors.errors.UndefinedFile as error:
            raise EngineError(f"{self.url.place}: pgvector is not installed on this server.") from error
        except errors.OperationalError as error:
            why = f"cannot be reached: {_one_line(error)}. Run the command again."
            raise EngineError(f"{self.url.place}, {why}") from error
        except errors.Error as error:
            raise EngineError(f"{self.url.place}, refused: {_one_line(error)}.") from error

    def _open(self) -> Any:
        url = self.url
        named = {"host": url.host, "port": url.port, "user": url.user, "dbname": url.path, **url.options}
        connection = self._psycopg.connect(
            **{name: value for name, value in named.items() if value},
            connect_timeout=10,
            options=f"-c statement_timeout={TIMEOUT * 1000}",
            autocommit=True,
            application_name="modgap",
        )
        if connection.execute("SELECT FROM pg_extension WHERE extname = 'vector'").fetchone() is not None:
            connection.execute("SELECT '[1]'::vector")  # loads the library: before that its settings are not its own
            for setting in _SETTINGS:
                connection.execute(f"SET {setting}")
        return connection


def _client() -> Any:
    try:
        importlib.import_module("psycopg.sql")
        return importlib.import_module("psycopg")
    except ImportError as error:
        raise EngineError('PostgreSQL needs a client: pip install "modgap[pgvector]".') from error


def _one_line(error: Exception) -> str:
    """The first line of a client's message; psycopg's never repeat a password."""
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__
