"""Tables for notebooks escape what they show, and results of every kind have one line and one table."""

from __future__ import annotations

import sys

import numpy as np
import pytest

import modgap
from modgap.corpus import Corpus, Queries, Query
from modgap.errors import ModgapError
from modgap.evaluation import evaluate
from modgap.io.notebook import data_frame, html_table
from modgap.vectors import unit_vectors


@pytest.fixture
def collection() -> modgap.Collection:
    random = np.random.default_rng(0)
    names = ["<script>alert(1)</script>", *(f"i{n}" for n in range(1, 40))]
    return modgap.Collection.from_vectors(names, ["image", "text"] * 20, random.normal(size=(40, 8)))


def test_cells_are_escaped_and_numbers_short():
    table = html_table(["a<b"], [["<i>", 0.123456, None]], caption="x & y")
    assert "&lt;i&gt;" in table
    assert "<i>" not in table
    assert "0.123</td>" in table
    assert "<caption>x &amp; y</caption>" in table


def test_everything_has_one_line_and_the_results_a_table(collection):
    queries = unit_vectors(np.random.default_rng(1).normal(size=(30, 8)))
    calibration = collection.calibrate(queries)
    compared = collection.compare(collection.items[0], 5)
    labels = [Query("1", relevant={"i3": 1}), Query("2", relevant={"i4": 1})]
    evaluation = evaluate(collection, Queries(labels, np.asarray(["text"] * 2), queries[:2]), ["raw", "standardized"])
    for each in (
        collection,
        calibration,
        compared,
        evaluation,
        modgap.load_encoder(),
        Corpus([]),
        modgap.SimilarityStandardizer(),
    ):
        assert "\n" not in repr(each)
        assert len(repr(each)) < 300
    for each in (calibration, compared, evaluation):
        assert each._repr_html_().count("<table>") >= 1
        assert "<script>" not in each._repr_html_()


def test_a_collection_is_counted_and_indexed_and_a_hit_knows_its_item(collection):
    assert (len(collection), collection["i3"].id) == (40, "i3")
    with pytest.raises(KeyError):
        collection["no such"]
    hit = collection.search(collection.vectors[3], 1, method="raw")[0]
    assert hit.item is collection.items[3]


def test_rows_for_pandas(collection, monkeypatch):
    collection.calibrate(unit_vectors(np.random.default_rng(1).normal(size=(30, 8))))
    compared = collection.compare(collection.items[0], 5)
    frame = compared.to_pandas()
    assert list(frame["list"]) == ["raw"] * 5 + ["calibrated"] * 5
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ModgapError, match="pip install pandas"):
        data_frame([])
