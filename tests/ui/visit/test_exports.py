"""The files of a corpus to take home."""

from __future__ import annotations

import csv
import io

from modgap.ui.tabs import take_home as take_home_tab
from modgap.ui.visit import exports
from modgap.ui.visit.session import Visit


def test_results_run_no_formula(visit: Visit) -> None:
    rows = list(csv.DictReader(io.StringIO(exports.results_csv(visit, visit.loaded))))
    assert {row["method"] for row in rows} == {"raw", "standardized"}
    assert all(row["query"].startswith("'=tea") for row in rows)


def test_many_vectors_stay_off_the_page(visit: Visit, monkeypatch) -> None:
    monkeypatch.setattr(exports, "MAX_VECTOR_BYTES", 10)
    assert exports.vectors_npz(visit.loaded) is None
    assert "Too many for a page" in take_home_tab.take_home_html(visit)
