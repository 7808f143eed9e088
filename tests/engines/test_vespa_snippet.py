"""The rank profile for Vespa: its arithmetic, read as Python, gives z; the query is valid JSON."""

from __future__ import annotations

import json
import math
import re

import pytest

from modgap.calibration import Calibration
from modgap.engines.snippets import Names, export
from tests.engines.snippet_cases import COSINES, HOSTILE, MODALITY, THREE, expected


def z_of(text: str, cosine: float, group: str) -> float:
    """The first-phase expression for a document of a group, whose angle with the query is acos(cosine)."""
    expression = re.search(r"first-phase \{\s+expression: (.*)\n", text).group(1)
    expression = re.sub(r"attribute\(\w+\)", "group", expression)
    code = re.sub(r"\bif \(", "pick(", expression)
    names = {
        "pick": lambda condition, yes, no: yes if condition else no,
        "cosine": lambda: math.cos(math.acos(cosine)),
        "group": group,
    }
    return eval(code, names)


def test_the_expression_is_z(calibration: Calibration, query_modality: str) -> None:
    text = export(calibration.numbers(query_modality), "vespa")
    for cosine, group, z in zip(COSINES, MODALITY, expected(calibration, query_modality), strict=True):
        assert z_of(text, cosine, group) == pytest.approx(z, rel=1e-5)
    assert z_of(text, 0.5, "sound") == 0


def test_every_group_has_an_operator_of_its_own_whatever_its_name() -> None:
    text = export(THREE, "vespa", Names(table="wares", vector="v", group="kind", k=5))
    query = json.loads(text[text.index("\n{") :])
    assert query["yql"].startswith("select * from wares where ")
    assert query["yql"].count("nearestNeighbor(v, q)") == 3
    for group in HOSTILE:
        assert f"kind contains {json.dumps(group)}" in query["yql"]
    assert query["hits"] == 5
    assert "query(q) tensor<float>(x[3])" in text
