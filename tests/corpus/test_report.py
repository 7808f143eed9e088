"""The report of reading: as rows, as a csv that no spreadsheet runs, as JSON."""

import csv
import io

from modgap.corpus.report import Duplicate, NearIdentical, ReadReport, Skipped

REPORT = ReadReport(
    {"text": 1, "licences": 2},
    skipped=[Skipped("=cmd()", "is empty")],
    duplicates=[Duplicate("b", "a")],
    cut={"long.txt": 3},
    near=[NearIdentical("d.jpg", "c.jpg", 2)],
)


def test_rows_name_every_outcome() -> None:
    assert REPORT.rows() == [
        ("=cmd()", "skipped", "is empty"),
        ("b", "duplicate", "has the same content as a"),
        ("long.txt", "cut", "into 3 passages"),
        ("d.jpg", "near-identical", "looks like c.jpg"),
    ]


def test_no_cell_of_the_csv_is_a_formula() -> None:
    header, first, *_ = csv.reader(io.StringIO(REPORT.to_csv()))
    assert header == ["id", "outcome", "reason"]
    assert first == ["'=cmd()", "skipped", "is empty"]


def test_json_counts_by_group() -> None:
    assert REPORT.to_json() == {
        "read": {"text": 1, "licences": 2},
        "skipped": [{"id": "=cmd()", "reason": "is empty"}],
        "duplicates": [{"id": "b", "kept": "a"}],
        "cut": {"long.txt": 3},
        "near_identical": [{"id": "d.jpg", "other": "c.jpg", "distance": 2}],
    }
