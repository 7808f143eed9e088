"""What loaders share: labels, notes, and how a data set is found by name."""

from pathlib import Path

import pytest

from modgap.corpus import Query
from modgap.errors import CorpusError, ModgapError
from modgap.evaluation.datasets import DATASETS, load_dataset
from modgap.evaluation.datasets.base import LoadOptions, Notes, assemble, draw_queries, file_in, json_rows, read_labels
from modgap.items import Item, Modality


def test_every_loader_says_what_it_needs_and_where_it_comes_from(tmp_path: Path) -> None:
    for name, loader in DATASETS.items():
        assert loader.name == name
        assert loader.needs
        assert loader.expected
        subset = "task" if name == "mbeir" else None
        with pytest.raises(CorpusError, match="comes from"):
            load_dataset(name, tmp_path, subset=subset)
    with pytest.raises(ModgapError, match=r'no data set "nope"\. Known: flickr8k'):
        load_dataset("nope", tmp_path)


def test_a_label_without_a_grade_is_relevant() -> None:
    notes = Notes()
    rows = [{"query-id": "q", "corpus-id": "a"}, {"query-id": "q", "corpus-id": "b", "score": None}]
    worded = {"query-id": "q", "corpus-id": "c", "score": ""}
    assert read_labels([*rows, worded], notes) == {"q": {"a": 1, "b": 1}}
    assert notes.sentences() == ["1 labels are not whole and were left out (first: q c)."]


def test_a_data_set_keeps_the_first_of_equal_ids_and_labels_of_known_items_only() -> None:
    notes = Notes()
    items = [Item("a", Modality.TEXT, text="first"), None, Item("a", Modality.TEXT, text="second")]
    queries = [
        Query("q", text="words", relevant={"a": 1, "gone": 1}),
        Query("q", text="again", relevant={"a": 1}),
        Query("r", text=" ", relevant={"a": 1}),
        Query("s", text="words", relevant={"a": 0}),
    ]
    found = assemble("A set", items, queries, notes, settings={})
    assert [item.text for item in found.corpus.items] == ["first"]
    assert [(query.id, query.relevant) for query in found.queries.queries] == [("q", {"a": 1})]
    assert found.notes == [
        "1 documents have the id of another and were left out (first: a).",
        "1 labels name a document that is not there and were left out (first: gone).",
        "1 queries have the id of another and were left out (first: q).",
        "1 queries have no words and were left out (first: r).",
        "1 queries have no relevant document and were left out (first: s).",
    ]
    with pytest.raises(CorpusError, match="A set has no document"):
        assemble("A set", [None], queries, Notes(), settings={})


def test_queries_are_drawn_by_seed_in_their_order() -> None:
    queries = [Query(f"q{number:02}", text="words") for number in range(50)]
    drawn = [query.id for query in draw_queries(queries, LoadOptions(limit=10, seed=1))]
    assert len(drawn) == 10
    assert drawn == sorted(drawn)
    assert drawn == [query.id for query in draw_queries(queries, LoadOptions(limit=10, seed=1))]
    assert drawn != [query.id for query in draw_queries(queries, LoadOptions(limit=10, seed=2))]
    assert draw_queries(queries, LoadOptions()) == queries


def test_no_file_outside_the_folder_is_found(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "known").write_text("x")
    assert file_in(tmp_path / "set", "known") == (tmp_path / "set" / "known").resolve()
    for path in ("../secret", "gone", "a\0b", "x" * 5000):
        assert file_in(tmp_path / "set", path) is None


def test_lines_that_are_not_objects_are_counted_and_a_cut_archive_is_an_error(tmp_path: Path, lines) -> None:
    notes = Notes()
    lines(tmp_path / "rows.jsonl", [{"a": 1}, "[1]", "{", " ", {"a": 2}])
    assert [row["a"] for row in json_rows(tmp_path / "rows.jsonl", notes)] == [1, 2]
    assert notes.sentences() == [
        "1 lines of rows.jsonl are not objects and were left out (first: line 2).",
        "1 lines of rows.jsonl are not JSON and were left out (first: line 3).",
    ]
    lines(tmp_path / "rows.jsonl.gz", [{"a": 1}])
    (tmp_path / "rows.jsonl.gz").write_bytes((tmp_path / "rows.jsonl.gz").read_bytes()[:-5])
    with pytest.raises(CorpusError, match=r"rows\.jsonl\.gz cannot be read"):
        list(json_rows(tmp_path / "rows.jsonl.gz", notes))
