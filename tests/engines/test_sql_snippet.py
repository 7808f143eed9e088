"""The SQL snippet runs in SQLite and gives the calibrated score and the z of the calibration."""

import sqlite3

import numpy as np
import pytest

from modgap.calibration import Calibration
from modgap.engines.snippets import export
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
