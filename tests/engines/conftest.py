"""A calibration whose numbers every snippet must carry."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modgap.calibration import Calibration
from modgap.search.collection import Collection


@pytest.fixture
def calibration(toy) -> Calibration:
    queries, items, modality = toy
    found = Collection.from_vectors(["t0", "t1", "i0", "i1"], modality, items, model="toy\nmodel").calibrate(queries)
    text = found.statistics["text"]
    return replace(found, statistics={**found.statistics, "image": {m: replace(s, mean=-0.1) for m, s in text.items()}})


@pytest.fixture(params=["text", "image"])
def query_modality(request: pytest.FixtureRequest) -> str:
    """The second has negative means: signs must survive."""
    return request.param
