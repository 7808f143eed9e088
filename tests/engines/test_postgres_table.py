"""A table's names and values are quoted, and ids that its column cannot hold are in none of its rows."""

from __future__ import annotations

import uuid

import pytest

from modgap.engines.engine_url import parse_engine_url
from modgap.engines.postgres_table import PostgresTable


@pytest.fixture
def table(postgres, sql) -> PostgresTable:
    sql('CREATE TABLE "od""d" (id uuid PRIMARY KEY, modality text, embedding vector(3))')
    return PostgresTable(parse_engine_url(postgres('od"d')))


def test_columns_are_looked_at(table: PostgresTable) -> None:
    table.look_at_columns()
    assert (table.kind, table.width, table.has_text, table.text_column) == ("vector", 3, False, "NULL")


def test_names_and_values_are_quoted(table: PostgresTable) -> None:
    statement = table.sql("SELECT {id} FROM {table} WHERE {group} = {value}", value="it's").as_string(None)
    assert statement == """SELECT "id" FROM "od""d" WHERE "modality" = 'it''s'"""


def test_ids_are_values_of_their_column(table: PostgresTable, sql, postgres) -> None:
    one = uuid.uuid4()
    table.look_at_columns()
    assert table.possible_ids([str(one), "abc"]) == [one]
    sql("CREATE TABLE numbered (id integer PRIMARY KEY, modality text, embedding vector(3))")
    numbered = PostgresTable(parse_engine_url(postgres("numbered")))
    numbered.look_at_columns()
    assert numbered.possible_ids(["7", "-3", "x7", "9" * 30]) == [7, -3]
