"""The files of a corpus to take home."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from modgap.items import Hit, Item, Modality
from modgap.search.collection import Collection
from modgap.ui.tabs import take_home as take_home_tab
from modgap.ui.visit import exports
from modgap.ui.visit.searching import Answer
from modgap.ui.visit.session import LoadedCorpus, PageQuery, Visit


def test_results_run_no_formula(visit: Visit) -> None:
    rows = list(csv.DictReader(io.StringIO(exports.results_csv(visit, visit.loaded))))
    assert {row["method"] for row in rows} == {"raw", "calibrated"}
    assert all(row["query"].startswith("'=tea") for row in rows)


def test_results_hold_fifty_hits_of_each_list_as_the_page_says() -> None:
    rng = np.random.default_rng(0)
    groups = ["text", "image"] * 40
    collection = Collection.from_vectors([str(n) for n in range(80)], groups, rng.normal(size=(80, 8)))
    collection.calibrate(rng.normal(size=(60, 8)))
    visit = Visit(asked=PageQuery(rng.normal(size=8), "a vector"))
    rows = list(csv.DictReader(io.StringIO(exports.results_csv(visit, LoadedCorpus(collection, {})))))
    assert [row["method"] for row in rows] == ["raw"] * 50 + ["calibrated"] * 50
    assert [row["rank"] for row in rows[:50]] == [str(rank) for rank in range(1, 51)]


def test_many_vectors_stay_off_the_page(visit: Visit, monkeypatch) -> None:
    monkeypatch.setattr(exports, "MAX_VECTOR_BYTES", 10)
    assert exports.vectors_npz(visit.loaded) is None
    assert "Too many for a page" in take_home_tab.take_home_html(visit)


@pytest.fixture
def licences() -> LoadedCorpus:
    """A picture and a licence; the licence is a group of its own."""
    items = [Item("a.png", Modality.IMAGE), Item("mit.txt", Modality.TEXT, text="As is.", group="licences")]
    return LoadedCorpus(Collection(items, np.eye(2, dtype=np.float32)), {})


def test_vectors_name_the_groups_only_where_they_are_not_the_modalities(licences, loaded):
    arrays = np.load(io.BytesIO(exports.vectors_npz(licences)), allow_pickle=False)

    assert arrays["modality"].tolist() == ["image", "text"]
    assert arrays["group"].tolist() == ["image", "licences"]
    assert "model" not in arrays
    encoded = np.load(io.BytesIO(exports.vectors_npz(loaded)), allow_pickle=False)
    assert "group" not in encoded
    assert str(encoded["model"]) == loaded.collection.model


def test_results_name_the_groups_only_where_they_are_not_the_modalities(licences, visit, monkeypatch):
    hits = [Hit(1, "mit.txt", Modality.TEXT, 0.5, group="=licences"), Hit(2, "a.png", Modality.IMAGE, 0.25)]
    header = exports.results_csv(visit, visit.loaded).splitlines()[0]
    monkeypatch.setattr(exports, "answer_query", lambda *_, **__: Answer(raw=hits))

    rows = list(csv.DictReader(io.StringIO(exports.results_csv(Visit(asked=PageQuery("x", "x")), licences))))

    assert header == "query,method,rank,id,modality,score,value,z,fit"
    assert [(row["modality"], row["group"]) for row in rows] == [("text", "'=licences"), ("image", "image")]


def test_without_a_search_there_are_no_results(licences):
    assert exports.results_csv(Visit(), licences) == ""
