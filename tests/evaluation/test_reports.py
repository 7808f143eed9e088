"""Finished cells, held-out halves, the caption route, and what is written for people and programs."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import modgap
from modgap.corpus import Corpus, Queries, Query, with_qrels
from modgap.errors import CorpusError
from modgap.evaluation import Evaluation, ResultCache, evaluate, report_html, runner, to_csv
from modgap.evaluation.calibration_split import CalibrationSplit
from modgap.items import Item, Modality
from modgap.metrics.retrieval import METRICS
from modgap.search.collection import Collection


@pytest.fixture
def collection() -> Collection:
    rng = np.random.default_rng(21)
    modality = np.where(np.arange(90) % 3 == 0, "image", "text")
    items = rng.normal(size=(90, 10)) + np.where(modality == "image", 2, -2)[:, None] * np.eye(10)[0]
    return Collection.from_vectors([f"d{i}" for i in range(90)], modality, items)


@pytest.fixture
def queries(collection) -> Queries:
    vectors = collection.vectors[:40] + 0.2 * np.random.default_rng(1).normal(size=(40, 10))
    labelled = [Query(f"q{i}", relevant={f"d{i}": 1}) for i in range(40)]
    unit = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return Queries(labelled, np.full(40, "text"), unit)


def test_held_out_measures_every_query_once_by_the_other_half(collection, queries, monkeypatch) -> None:
    learnt = []
    fit = modgap.SimilarityStandardizer.fit

    def spy(self, vectors, *rest, **named):
        learnt.append(np.asarray(vectors))
        return fit(self, vectors, *rest, **named)

    monkeypatch.setattr(modgap.SimilarityStandardizer, "fit", spy)
    evaluation = evaluate(collection, queries, ["standardized", "oracle"], learn_from="held-out", seed=3)
    first, second = learnt[0], learnt[1]
    assert len(first) == len(second) == 20
    together = np.concatenate([first, second])
    assert sorted(map(bytes, together)) == sorted(map(bytes, queries.vectors))
    assert "held-out (one half" in evaluation.calibration_queries
    assert evaluation.values["oracle"]["recall@1"].shape == (40,)


def test_halves_do_not_follow_a_data_set_that_the_same_seed_has_drawn() -> None:
    queries = np.arange(1000)
    pictures = set(np.random.default_rng(0).permutation(1000)[:500].tolist())  # as the caption sets choose theirs
    for learnt, measured in CalibrationSplit("held-out", {}, halves=True, seed=0).folds(queries):
        assert set(learnt) | set(measured) == set(queries.tolist())
        assert not set(learnt) & set(measured)
        assert 200 < len(pictures & set(learnt.tolist())) < 300


def test_a_finished_cell_is_found_again_and_a_changed_one_is_not(collection, queries, tmp_path, monkeypatch) -> None:
    first = evaluate(collection, queries, ["raw", "standardized"], cells=ResultCache(tmp_path / "work"))
    measured = []
    monkeypatch.setattr(
        runner, "_rankings", lambda method, *rest: measured.append(method.name) or [["d0"] for _ in range(40)]
    )
    again = evaluate(collection, queries, ["raw", "standardized"], cells=ResultCache(tmp_path / "work"))
    assert measured == []
    assert again.methods == first.methods
    evaluate(collection, queries, ["standardized"], learn_from="held-out", cells=ResultCache(tmp_path / "work"))
    relabelled = with_qrels(queries, {"q0": {"d5": 1}})
    evaluate(collection, relabelled, ["raw"], cells=ResultCache(tmp_path / "work"))
    assert measured == ["standardized", "raw"]


def test_a_cell_of_other_modalities_is_another(collection, queries, tmp_path) -> None:
    evaluate(collection, queries, ["standardized"], cells=ResultCache(tmp_path))
    swapped = np.where(collection.modality == "image", "text", "image")
    other = Collection.from_vectors([item.id for item in collection.items], swapped, collection.vectors)
    evaluate(other, queries, ["standardized"], cells=ResultCache(tmp_path))
    assert len(list(tmp_path.glob("*.json"))) == 2


def test_a_damaged_cell_is_computed_again_with_a_word(collection, queries, tmp_path: Path) -> None:
    first = evaluate(collection, queries, ["raw"], cells=ResultCache(tmp_path))
    [cell] = tmp_path.glob("*.json")
    for broken in ("{", '{"recall@1": [1]}', "[]"):
        cell.write_text(broken)
        again = evaluate(collection, queries, ["raw"], cells=ResultCache(tmp_path))
        assert "is damaged" in again.notes[-1]
        assert again.methods == first.methods


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CorpusError, match="cannot hold finished cells"):
        ResultCache(tmp_path / "file" / "work")


class Reader:
    """An encoder of two words: texts are their direction, and pictures lie apart from all texts."""

    name, device, dimension, cache, decode_side = "reader", "cpu", 3, None, 8

    def encode_texts(self, texts, *, progress=None):
        rows = np.asarray([[("cat" in text) + 0.1, ("dog" in text) + 0.1, 0] for text in texts]).reshape(-1, 3)
        return rows.astype(np.float32) / np.linalg.norm(rows, axis=1, keepdims=True).astype(np.float32)


def test_the_caption_route_finds_a_picture_by_its_words(tmp_path: Path) -> None:
    Image.new("RGB", (9, 9)).save(tmp_path / "a.png")
    items = [
        Item("a", Modality.IMAGE, path=tmp_path / "a.png", caption="a cat"),
        Item("b", Modality.IMAGE, path=tmp_path / "a.png"),
        Item("t", Modality.TEXT, text="a dog"),
    ]
    vectors = np.asarray([[0, 0.1, 1], [0, 0, 1], [0.1, 1, 0]], np.float32)
    corpus = Corpus(items)
    collection = Collection(items, vectors, encoder=Reader(), corpus=corpus)  # type: ignore[arg-type]
    asked = Queries([Query("q", text="cat", relevant={"a": 1})], np.asarray(["text"]))
    evaluation = evaluate(collection, asked, ["raw", "caption_route"])
    assert evaluation.methods["raw"]["all"]["recall@1"] == 0.0
    assert evaluation.methods["caption_route"]["all"]["recall@1"] == 1.0
    assert evaluation.notes == [
        "caption_route searches pictures through their captions: a stand-in for what a captioning model writes.",
        "caption_route: 1 pictures have no caption and are searched as pictures.",
    ]
    for _ in range(2):  # the second time from the finished cells
        kept = evaluate(collection, asked, ["raw", "caption_route"], cells=ResultCache(tmp_path / "work"))
        assert kept.notes == evaluation.notes


def test_a_query_picture_that_cannot_be_read_is_left_out_with_a_note(tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"no picture")
    items = [Item("a", Modality.TEXT, text="a cat"), Item("b", Modality.TEXT, text="a dog")]
    collection = Collection(items, np.asarray([[1, 0.1, 0], [0.1, 1, 0]], np.float32), encoder=Reader())  # type: ignore[arg-type]
    words, broken = Query("q", text="cat", relevant={"a": 1}), Query("p", image=tmp_path / "broken.png")
    labelled = replace(broken, relevant={"b": 1})
    evaluation = evaluate(collection, Queries([words, labelled], np.asarray(["text", "image"])), ["raw"])
    assert evaluation.queries == 1
    assert evaluation.notes == [f'1 query pictures cannot be read and were left out (first: "{labelled.image}").']
    unlabelled = evaluate(collection, Queries([words, broken], np.asarray(["text", "image"])), ["raw"])
    assert unlabelled.notes == ["1 queries have no label and were left out."]
    with pytest.raises(CorpusError, match="No query can be measured"):
        evaluate(collection, Queries([labelled], np.asarray(["image"])), ["raw"])


def test_without_captions_the_route_is_left_out_with_its_reason(collection, queries) -> None:
    evaluation = evaluate(collection, queries, ["raw", "caption_route"])
    assert list(evaluation.methods) == ["raw"]
    assert "caption_route was left out. No picture of the corpus has a caption" in evaluation.notes[0]


def test_labels_of_unknown_queries_and_equal_ids_are_counted(collection, queries) -> None:
    labelled = with_qrels(queries, {"q0": {"d0": 1}, "nobody": {"d1": 1}})
    twice = Queries([*labelled.queries, labelled.queries[0]], np.full(41, "text"), labelled.vectors[[*range(40), 0]])
    notes = evaluate(collection, Queries(twice.queries, twice.modality, twice.vectors, labelled.notes), ["raw"]).notes
    assert '1 queries of the qrels are not among the queries (first: "nobody").' in notes
    assert any("1 queries have the id of another" in note for note in notes)


def evaluation_named(name: str) -> Evaluation:
    values = {metric: np.asarray([1.0, 0.0, 1.0]) for metric in METRICS}
    return Evaluation(
        {"raw": values, name: values}, np.asarray(["image", "text", "text"]), "same", ["a <b> note"], name
    )


def test_csv_has_a_row_for_each_value_and_runs_no_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv([evaluation_named("=cmd|'/C calc'!A0")]))))
    assert len(rows) == 2 * 3 * len(METRICS)
    assert rows[0]["value"] == "0.666667"
    assert rows[0]["n"] == "3"
    assert all(not row["model"].startswith("=") and not row["method"].startswith("=") for row in rows)


def test_the_html_report_stands_alone_and_shows_names_without_running_them() -> None:
    page = report_html([evaluation_named("<script>x</script>")], title="A <i>title</i>", settings={"Seed": "1 < 2"})
    assert "<script" not in page
    assert "a &lt;b&gt; note" in page
    assert "1 &lt; 2" in page
    assert "http" not in page.replace("http-equiv", "")
    assert "0.667" in page


def test_the_html_report_opens_with_the_answer() -> None:
    def found(**shares: float) -> Evaluation:
        values = {name: {m: (np.arange(100) < 100 * of).astype(float) for m in METRICS} for name, of in shares.items()}
        return Evaluation(values, np.where(np.arange(100) < 50, "image", "text"), "same")

    page = report_html([found(raw=0.2, better=0.9, oracle=1.0)], notes=["3 pictures are <missing>."])
    assert "3 pictures are &lt;missing&gt;." in page
    assert "<b>better</b> finds 90&nbsp;% of what the queries want, raw 20&nbsp;%; the difference is beyond" in page
    assert "100&nbsp;% of the pictures against 40&nbsp;%, and 80&nbsp;% of the passages against 0&nbsp;%." in page
    assert "the difference is not beyond chance" in report_html([found(raw=0.2, better=0.21)])
    assert "No method finds more among the first 20 than raw does." in report_html([found(raw=0.9, worse=0.2)])
    assert page.count('class="best"') == 3 * 7
    assert 'class="best"' not in report_html([found(raw=0.5, same=0.5)])  # where all are equal, none is best
    for nothing_to_say in (found(raw=0.9), found(raw=0.9, oracle=1.0), found(a=0.9, b=0.2)):
        assert 'class="lead"' not in report_html([nothing_to_say])


def test_the_html_report_sets_models_side_by_side() -> None:
    page = report_html([evaluation_named("a"), evaluation_named("b")])
    assert "recall@20 of all queries, by model" in page
    assert '<th scope="col">a</th><th scope="col">b</th>' in page


def test_intervals_and_differences_are_in_the_json(collection, queries) -> None:
    document = evaluate(collection, queries, ["raw", "standardized"]).to_json(reference="raw")
    low, high = document["ci95"]["raw"]["all"]["recall@20"]
    assert low <= document["methods"]["raw"]["all"]["recall@20"] <= high
    first = document["differences"][0]
    assert (first["method"], first["reference"], first["target"], first["metric"]) == (
        "standardized",
        "raw",
        "all",
        "recall@20",
    )
