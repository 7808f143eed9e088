"""The verbs of a collection over a live engine, here Milvus in a file; the engines' own tests compare hits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import modgap
from modgap.calibration import Calibration
from modgap.corpus import Queries, Query
from modgap.engines.stored import Stored
from modgap.errors import CalibrationError, EngineError
from modgap.evaluation import evaluate
from modgap.items import Modality
from modgap.search.live_collection import LiveCollection, connect, push
from modgap.vectors import unit_vectors
from tests.engines.live_laws import stored


@pytest.fixture(scope="module")
def items() -> list[Stored]:
    return stored(60)


@pytest.fixture(scope="module")
def here(items) -> modgap.Collection:
    ids, groups = [each.id for each in items], [each.group for each in items]
    return modgap.Collection.from_vectors(ids, groups, np.stack([each.vector for each in items]))


@pytest.fixture(scope="module")
def url(here, tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"milvus://{tmp_path_factory.mktemp('m')}/items.db?collection=wares"
    assert push(here, url) == 120
    return url


@pytest.fixture
def there(url: str) -> LiveCollection:
    return connect(url)


@pytest.fixture
def asked(items) -> np.ndarray:
    return unit_vectors(np.stack([each.vector for each in items[:20]]) + 0.1)


def test_it_is_calibrated_in_place_and_the_file_comes_back(there, here, asked, tmp_path: Path) -> None:
    calibration, right = there.calibrate(asked), here.calibrate(asked)
    for group, each in right.statistics["text"].items():
        assert calibration.statistics["text"][group].mean == pytest.approx(each.mean, abs=1e-4)
    assert not calibration.sampled, "the sample is everything, so no mean has an error"
    calibration.save(tmp_path / "c.json")
    again = connect(there_url(there))
    again.use(Calibration.load(tmp_path / "c.json"), strict=True)
    assert [h.id for h in again.search(asked[0], 5)] == [h.id for h in here.search(asked[0], 5)]
    assert not again.calibration_warnings


def there_url(collection: LiveCollection) -> str:
    url = collection.engine.url
    return f"milvus://{url.path}?collection={url.name}"


def test_a_sample_is_named_with_its_error_in_the_calibration(url, asked, tmp_path: Path) -> None:
    collection = connect(url, sample=25)
    calibration = collection.calibrate(asked)
    assert calibration.sampled.keys() == {"text", "image"}
    assert all(each["n"] == 25 and 0 < each["error"] < 0.3 for each in calibration.sampled.values())
    calibration.save(tmp_path / "c.json")
    assert Calibration.load(tmp_path / "c.json").sampled == calibration.sampled
    assert "25 of 60 text" in collection.gap(asked).notes[-1]


def test_gap_drift_update_and_warnings(there, here, asked) -> None:
    assert there.gap(asked).metrics == pytest.approx(here.gap(asked).metrics, abs=1e-3)
    there.calibrate(asked)
    assert {each.group for each in there.drift(asked)} == {"text", "image"}
    assert there.update(asked[:10]).queries["text"].count == 30
    assert there.query_warnings(asked) == []
    rotated = np.roll(asked, 3, axis=1)
    assert there.query_warnings(rotated) == here.query_warnings(rotated)


def test_it_is_evaluated_and_methods_that_move_vectors_are_left_out_with_a_note(there, here, items, asked) -> None:
    labelled = [Query(f"q{i}", relevant={items[60 + i].id: 1}) for i in range(20)]
    queries = Queries(labelled, np.full(20, "text"), asked)
    methods = ["raw", "standardized", "calibrated", "gr_clip"]
    found, right = evaluate(there, queries, methods), evaluate(here, queries, methods[:3])
    for method in methods[:3]:
        assert found.methods[method]["all"]["ndcg@10"] == pytest.approx(right.methods[method]["all"]["ndcg@10"])
    assert any("gr_clip was left out" in note for note in found.notes)


def test_unknown_labels_and_ids_are_looked_up_in_the_engine(there, items) -> None:
    there.look_up([items[100].id, "nobody"])
    row = there.row_of[items[100].id]
    assert there.items[row].modality is Modality.IMAGE
    assert "nobody" not in there.row_of
    hits = there.search(there.items[row], 3)
    assert items[100].id not in [hit.id for hit in hits], "an item does not find itself"


def test_words_need_a_model_and_saving_is_refused(there, tmp_path: Path) -> None:
    with pytest.raises(modgap.ModgapError, match="no encoder"):
        there.search("words")
    with pytest.raises(EngineError, match="save the calibration"):
        there.save(tmp_path / "folder")
    with pytest.raises(EngineError, match="indexes of its own"):
        there.with_index("hnsw")
    with pytest.raises(EngineError, match="8 dimensions and the model modgap-mini-2"):
        connect(there_url(there), modgap.load_encoder(device="cpu"))


def test_a_calibration_of_another_model_is_refused(there, asked) -> None:
    calibration = there.calibrate(asked)
    with pytest.raises(CalibrationError, match="calibrate again"):
        connect(there_url(there), model="another").use(calibration)


def test_parts_of_a_document_are_known_by_their_ids(tmp_path: Path) -> None:
    vectors = np.eye(6)
    ids = ["a.md#1", "a.md#2", "b.md", "x.webp", "y.webp", "z.webp"]
    push(modgap.Collection.from_vectors(ids, ["text"] * 3 + ["image"] * 3, vectors), f"milvus://{tmp_path}/d.db")
    collection = connect(f"milvus://{tmp_path}/d.db")
    collection.look_up(ids)
    source = {item.id: item.source for item in collection.items}
    assert (source["a.md#1"], source["b.md"], source["x.webp"]) == ("a.md", None, None)


def test_an_index_that_cannot_be_compared_with_a_scan_is_a_warning_and_no_failure(there, asked, monkeypatch) -> None:
    def refuse(self):
        raise EngineError("it took too long")

    monkeypatch.setattr(type(there.engine), "exact", refuse)
    there.calibrate(asked)
    assert there.recall == []
    assert "could not be measured: it took too long" in there.calibration_warnings[-1]


def test_means_of_samples_are_compared_as_samples(tmp_path: Path) -> None:
    """An engine that has grown gives another sample, whose mean differs by chance: no word of another model."""
    items = stored(1500, d=16)
    ids, groups = [each.id for each in items], [each.group for each in items]
    vectors = np.stack([each.vector for each in items])
    url = f"milvus://{tmp_path}/grown.db?collection=wares"
    push(modgap.Collection.from_vectors(ids[:-1], groups[:-1], vectors[:-1]), url)
    calibration = connect(url, sample=100).calibrate(unit_vectors(vectors[:50] + 0.1))
    assert calibration.sampled["text"]["n"] == 100
    drawn = np.concatenate([vectors[700:1400], vectors[2200:2900]])
    more = unit_vectors(drawn + np.random.default_rng(1).normal(scale=0.05, size=drawn.shape))
    names = [f"a/{n}" for n in range(1400)]
    elsewhere = f"milvus://{tmp_path}/other.db?collection=wares"  # the others stand first, so they are its sample
    push(modgap.Collection.from_vectors(names, ["text"] * 700 + ["image"] * 700, more), elsewhere)
    push(modgap.Collection.from_vectors(ids, groups, vectors), elsewhere)
    grown = connect(elsewhere, sample=100)
    grown.use(calibration)
    assert len(grown.calibration_warnings) == 1
    assert "another state of this corpus" in grown.calibration_warnings[0]
