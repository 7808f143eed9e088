"""The rooms beside the search, as HTML: what they say, what they escape, and what they do without a corpus."""

import base64
import csv
import io
import json
import re
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest
from PIL import Image

from modgap.calibration import Calibration
from modgap.corpus import Corpus, Queries, Query
from modgap.errors import CorpusError
from modgap.items import Item, Modality
from modgap.plots.points import point_maps
from modgap.search.collection import Collection
from modgap.ui.tabs import evaluate as evaluate_room
from modgap.ui.tabs import gap as gap_room
from modgap.ui.tabs import take_home as take_home_room
from modgap.ui.tabs.meeting_report import meeting_report
from modgap.ui.visit.session import LoadedCorpus, PageQuery, Visit

EVIL = '<script>alert("x")</script>'


@pytest.fixture
def visit(toy_encoder, tmp_path: Path) -> Visit:
    """Twelve pictures and twelve passages, calibrated and searched, with names that would run if they could."""
    items, colours = (
        [],
        ("red", "green", "blue", "yellow", "black", "white", "orange", "pink", "gray", "navy", "lime", "tan"),
    )
    for place, colour in enumerate(colours):
        path = tmp_path / f"{colour}.png"
        Image.new("RGB", (8, 8), colour).save(path)
        items.append(Item(f"{colour}{EVIL if not place else ''}.png", Modality.IMAGE, path=path))
        items.append(
            Item(f"{colour}.txt", Modality.TEXT, text=f"a {colour} thing of {'aeiou'[place % 5] * (place + 1)}")
        )
    collection = Collection.encode(Corpus(items), toy_encoder)
    collection.calibrate([f"{'aeiourt'[i % 7] * (i + 1)} query" for i in range(20)])
    loaded = LoadedCorpus(collection, {0: "data:image/webp;base64,AAAA"})
    found = Visit(loaded=loaded, asked=PageQuery(f"=tea {EVIL}", f"=tea {EVIL}"))
    found.remember(f"=tea {EVIL}")
    return found


def downloads(page: str) -> dict[str, bytes]:
    """The files inside a page, by name."""
    links = re.findall(r'download="([^"]+)" href="data:[^;]+;base64,([^"]*)"', page)
    return {name: base64.b64decode(data) for name, data in links}


def test_without_a_corpus_each_room_says_what_to_do() -> None:
    assert "Load a corpus" in gap_room.gap_html(Visit())
    assert "Load and calibrate" in take_home_room.take_home_html(Visit())


def test_the_gap_is_told_in_words_numbers_and_a_map(visit: Visit) -> None:
    page = gap_room.gap_html(visit)
    gap = visit.loaded.collection.gap(visit.loaded.collection.calibration_queries[Modality.TEXT].vectors)
    assert f"<em>{gap.severity}</em>" in page
    assert f"<b>{gap.metrics['centroid_distance']:.2f}</b> apart" in page
    assert page.count('class="mg-point mg-point-picture"') == 2 * 12
    assert page.count('class="mg-map-query"') == 2
    assert "Left out: Paired distance" in page
    assert EVIL not in page


def test_the_gap_is_measured_once_for_a_calibration(visit: Visit, monkeypatch) -> None:
    gap_room.gap_html(visit)
    monkeypatch.setattr(gap_room, "_measure", lambda loaded: pytest.fail("measured again"))
    gap_room.gap_html(visit)
    monkeypatch.undo()
    visit.loaded.collection.calibrate(["tea", "rat", "our"])
    before = visit.kept["gap"]
    gap_room.gap_html(visit)
    assert visit.kept["gap"] is not before


def test_points_keep_their_distances_and_centring_brings_the_middles_together() -> None:
    rng = np.random.default_rng(0)
    modality = np.repeat(["image", "text"], 400)
    vectors = rng.normal(size=(800, 16)) + np.where(modality == "image", 3, -3)[:, None] * np.eye(16)[0]
    unit = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    maps = point_maps(unit, modality, query=unit[700], most=100)
    before, after = maps["before"], maps["after"]
    assert len(before.rows) == 200
    assert (before.xy >= 0).all()
    assert (before.xy <= 1).all()
    assert before.query is not None
    assert after.distance < 0.1 < before.distance
    apart = {name: np.linalg.norm(np.subtract(*each.centroids.values())) for name, each in maps.items()}
    assert apart["after"] < apart["before"] / 3


def test_a_corpus_with_one_picture_has_a_gap_and_a_map_of_what_is_encoded(toy_encoder) -> None:
    items = [Item("only.png", Modality.IMAGE), *(Item(f"{n}.txt", Modality.TEXT, text=f"note {n}") for n in range(6))]
    vectors = toy_encoder.encode_texts([item.text or "a picture" for item in items])
    vectors[0] = np.roll(vectors[0], 1)
    one = Visit(loaded=LoadedCorpus(Collection(items, vectors), {}))
    page = gap_room.gap_html(one)
    assert "The gap of this corpus is" in page
    assert "As encoded" in page
    assert "After centring" not in page


def test_what_is_taken_home_is_what_was_learnt(visit: Visit, tmp_path: Path) -> None:
    page = take_home_room.take_home_html(visit)
    files = downloads(page)
    assert set(files) == {
        "calibration.json",
        "calibration.means.safetensors",
        "results.csv",
        "vectors.npz",
        "modgap-report.html",
    }
    for name in ("calibration.json", "calibration.means.safetensors"):
        (tmp_path / name).write_bytes(files[name])
    loaded = Calibration.load(tmp_path / "calibration.json")
    assert loaded.to_json() == visit.loaded.collection.calibration_in_use().to_json()
    assert loaded.means.keys() == visit.loaded.collection.calibration_in_use().means.keys()
    arrays = np.load(io.BytesIO(files["vectors.npz"]), allow_pickle=False)
    assert np.array_equal(arrays["vectors"], visit.loaded.collection.vectors)
    assert "mean" in json.loads(files["calibration.json"])["statistics"]["text"]["image"]
    assert EVIL not in page
    for engine in ("Python", "OpenSearch", "Qdrant", "Milvus", "SQL (pgvector)"):
        assert f"<summary>{engine}</summary>" in page


def test_results_run_no_formula(visit: Visit) -> None:
    rows = list(csv.DictReader(io.StringIO(take_home_room.results_csv(visit, visit.loaded))))
    assert {row["method"] for row in rows} == {"raw", "standardized"}
    assert all(row["query"].startswith("'=tea") for row in rows)


def test_many_vectors_stay_off_the_page(visit: Visit, monkeypatch) -> None:
    monkeypatch.setattr(take_home_room, "MOST_VECTOR_BYTES", 10)
    assert take_home_room.vectors_npz(visit.loaded) is None
    assert "Too many for a page" in take_home_room.take_home_html(visit)


def test_the_report_stands_alone_and_shows_names_without_running_them(visit: Visit) -> None:
    gap_room.gap_html(visit)
    page = meeting_report(visit)
    assert "<script" not in page
    assert "http" not in page
    assert "The gap:" in page
    assert "The head start" in page
    assert "&lt;script&gt;" in page


def labelled(visit: Visit) -> Queries:
    queries = [
        Query(f"q{i}", text=f"{'aeiou'[i % 5]} thing", relevant={visit.loaded.collection.items[i].id: 1})
        for i in range(8)
    ]
    return Queries(queries, np.full(8, "text"))


def test_an_evaluation_shows_one_metric_with_intervals_and_two_files(visit: Visit) -> None:
    found = evaluate_room.measured(visit.loaded, labelled(visit), ["raw", "standardized", "oracle"], "same")
    page = evaluate_room.evaluation_html(found, "recall@5")
    value = found.methods["raw"]["all"]["recall@5"]
    low, high = found.intervals["raw"]["all"]["recall@5"]
    assert f"{value:.3f}" in page
    assert f"{low:.3f} to {high:.3f}" in page
    assert "mg-best" in page
    assert set(downloads(page)) == {"evaluation.csv", "evaluation.html"}


def test_what_cannot_be_evaluated_is_told(visit: Visit, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="Choose one method"):
        evaluate_room.measured(visit.loaded, labelled(visit), [], "same")
    with pytest.raises(CorpusError, match="belong to the sample corpus"):
        evaluate_room.sample_queries(visit.loaded)
    with pytest.raises(CorpusError, match=r"one labelled \.jsonl, or two files"):
        evaluate_room.labelled_queries([tmp_path / "a.txt"])


def test_queries_and_qrels_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "q.txt").write_text("a red thing\nan inn\n")
    (tmp_path / "r.qrels").write_text("1 0 red.txt 1\n")
    found = evaluate_room.labelled_queries([tmp_path / "r.qrels", tmp_path / "q.txt"])
    assert [query.relevant for query in found.queries] == [{"red.txt": 1}, {}]


@pytest.mark.parametrize("broken", ["q.jsonl", "r.qrels"])
def test_labels_that_cannot_be_read_are_named_without_our_folders(tmp_path: Path, broken: str) -> None:
    (tmp_path / "q.jsonl").write_text('{"id": "1", "text": "a red thing"}\n')
    (tmp_path / "r.qrels").write_text("1 0 red.txt 1\n")
    (tmp_path / broken).write_text("neither\n")
    with pytest.raises(CorpusError, match=broken) as told:
        evaluate_room.labelled_queries([tmp_path / "q.jsonl", tmp_path / "r.qrels"])
    assert str(tmp_path) not in str(told.value)


@pytest.mark.parametrize("build", [gap_room.build_gap_room, evaluate_room.build_evaluate_room])
def test_a_room_shows_nothing_of_the_corpus_before(visit: Visit, toy_shared, toy_encoder, build) -> None:
    with gr.Blocks() as page, gr.Tab() as tab:
        build(tab, toy_shared)
    [enter] = [each.fn for each in page.fns.values() if (tab._id, "select") in each.targets]
    here = toy_shared.visits.of("somebody")
    here.loaded = LoadedCorpus(Collection.encode(Corpus([Item("a.txt", Modality.TEXT, text="alone")]), toy_encoder), {})

    metric = ["recall@5"] if build is evaluate_room.build_evaluate_room else []
    shown = enter(*metric, SimpleNamespace(session_hash="somebody"))

    assert {gap_room.EMPTY, evaluate_room.NONE} & set(shown.values())
