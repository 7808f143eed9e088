"""The SQL snippet runs in SQLite and gives the calibrated score and the z of the calibration."""

import sqlite3

import numpy as np
import pytest

from modgap.calibration import Calibration
from modgap.engines.connect import open_engine
from modgap.engines.snippets import Names, export
from modgap.errors import EngineError
from modgap.search.collection import Collection
from modgap.vectors import unit_vectors
from tests.engines.live_laws import stored
from tests.engines.snippet_cases import COSINES, HOSTILE, MODALITY, THREE, Z_OF_THREE, calibrated, expected


def test_sql_runs_in_sqlite(calibration: Calibration, query_modality: str) -> None:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE scores (id INTEGER, modality TEXT, cosine REAL)")
    database.executemany("INSERT INTO scores VALUES (?, ?, ?)", zip(range(5), MODALITY, COSINES, strict=True))
    database.execute("INSERT INTO scores VALUES (9, 'sound', 1.0)")
    rows = database.execute(export(calibration.numbers(query_modality), "sql")).fetchall()
    scores, z = calibrated(calibration, query_modality), expected(calibration, query_modality)
    best = np.argsort(-scores, kind="stable").tolist()
    assert [row[0] for row in rows] == [*best, 9]
    assert [row[4] for row in rows[:5]] == pytest.approx(scores[best], rel=1e-5)
    assert [row[3] for row in rows[:5]] == pytest.approx(z[best], rel=1e-5)
    assert rows[5][3:] == (None, None)


def test_sql_knows_a_third_group_whatever_its_name() -> None:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE scores (id INTEGER, modality TEXT, cosine REAL)")
    database.executemany("INSERT INTO scores VALUES (?, ?, 0.8)", enumerate(HOSTILE))
    found = {modality: z for _, modality, _, z, _ in database.execute(export(THREE, "sql"))}
    assert found == pytest.approx(Z_OF_THREE)


def test_the_pgvector_script_runs_on_a_server_and_ranks_as_modgap_does(postgres, sql) -> None:
    """Names with capitals, a hostile group, a mixed table: indexes are created, and hits are those of `Collection`."""
    import psycopg

    items = stored(60)
    ids, groups = [each.id for each in items], [each.group for each in items]
    collection = Collection.from_vectors(ids, groups, np.stack([each.vector for each in items]))
    queries = unit_vectors(np.stack([each.vector for each in items[:30:3]]) + 0.1)
    calibration = collection.calibrate(queries)
    url = postgres("Wares") + "&vector=V&group=Kind&id=sku"
    engine = open_engine(url)
    engine.push(items)
    names = Names(table="Wares", id="sku", vector="V", group="Kind", k=7)

    script = export(calibration.numbers(), "pgvector", names)

    *indexes, query = [part for part in script.split(";\n") if part.strip()]
    assert len(indexes) == 2
    for statement in indexes:
        sql(statement)
    with psycopg.connect(f"host={engine.url.host} user=postgres dbname=postgres") as connection:
        for vector in queries[:5]:
            asked = query.replace(":query", "%(query)s::vector")
            found = connection.execute(asked, {"query": str(vector.tolist())}).fetchall()
            right = collection.search(vector, 7)
            assert [row[0] for row in found] == [hit.id for hit in right]
            assert [row[4] for row in found] == pytest.approx([hit.value for hit in right], abs=2e-3)
            assert [row[3] for row in found] == pytest.approx([hit.z for hit in right], abs=2e-3)


def test_names_are_quoted_where_they_need_it() -> None:
    script = export(THREE, "pgvector", Names(table='shop.my "wares"', vector="embedding", group="order"))
    assert 'ON shop."my ""wares"""' in script
    assert "'it''s \"licensed\" \\ --'" in script


@pytest.mark.parametrize("fault", [{"table": ""}, {"group": "a\nb"}, {"k": 0}])
def test_a_name_that_cannot_be_is_refused(fault) -> None:
    with pytest.raises(EngineError):
        Names(**fault)
