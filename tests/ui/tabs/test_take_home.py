"""The take-home tab: the files inside the page are what was computed."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np

from modgap.calibration import Calibration
from modgap.ui.tabs import take_home as take_home_tab
from modgap.ui.visit.session import Visit

EVIL = '<script>alert("x")</script>'


def test_what_is_taken_home_is_what_was_learnt(visit: Visit, tmp_path: Path, downloads) -> None:
    page = take_home_tab.take_home_html(visit)
    files = downloads(page)
    assert set(files) == {
        "calibration.json",
        "results.csv",
        "vectors.npz",
        "modgap-report.html",
    }
    (tmp_path / "calibration.json").write_bytes(files["calibration.json"])
    loaded = Calibration.load(tmp_path / "calibration.json")
    assert loaded.to_json() == visit.loaded.collection.calibration_in_use().to_json()
    assert loaded.means.keys() == visit.loaded.collection.calibration_in_use().means.keys()
    arrays = np.load(io.BytesIO(files["vectors.npz"]), allow_pickle=False)
    assert np.array_equal(arrays["vectors"], visit.loaded.collection.vectors)
    assert "mean" in json.loads(files["calibration.json"])["statistics"]["text"]["image"]
    assert EVIL not in page
    for engine in (
        "Python",
        "PostgreSQL (pgvector)",
        "Milvus",
        "Qdrant",
        "OpenSearch, by a pipeline",
        "Elasticsearch",
        "SQL",
    ):
        assert f"<summary>{engine}</summary>" in page
