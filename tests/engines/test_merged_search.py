"""The lines that Python snippets share merge filtered searches as the method does."""

from __future__ import annotations

import numpy as np
import pytest

from modgap.calibration import Calibration
from modgap.engines.merged_search import merged_search
from modgap.engines.numbers import Names
from tests.engines.snippet_cases import COSINES, MODALITY, calibrated, expected


def test_it_merges_by_the_calibrated_score(calibration: Calibration, query_modality: str) -> None:
    found = "found = engine(query_vector, modality, limit)"
    code = merged_search(
        calibration.numbers(query_modality), Names(k=4), imports="import json", client="engine", found=found
    )

    def engine(vector, group, limit):
        inside = [(i, c) for i, (c, m) in enumerate(zip(COSINES, MODALITY, strict=True)) if m == group]
        return sorted(inside, key=lambda hit: -hit[1])[:limit]

    names: dict = {}
    exec(code, names)
    hits = names["search"](engine, [1.0])
    scores, z = calibrated(calibration, query_modality), expected(calibration, query_modality)
    best = np.argsort(-scores, kind="stable")[:4].tolist()
    assert [hit["id"] for hit in hits] == best
    assert [hit["calibrated"] for hit in hits] == pytest.approx(scores[best], rel=1e-5)
    assert [hit["z"] for hit in hits] == pytest.approx(z[best], rel=1e-5)
