"""Collections in index folders: what is saved is opened, answers the same, and belongs to its model."""

import copy
from pathlib import Path

import numpy as np
import pytest

import modgap
from modgap.engines import hnsw
from modgap.errors import ModelError, ModgapError
from modgap.io.assets import asset_path
from modgap.search.collection import Collection


@pytest.fixture(scope="session")
def encoder() -> modgap.encoders.Encoder:
    return modgap.load_encoder(device="cpu")


@pytest.fixture(scope="session")
def sample(encoder) -> Collection:
    collection = Collection.encode(modgap.read_corpus(asset_path("sample", "corpus")), encoder)
    collection.calibrate()
    return collection


def test_a_saved_collection_opens_from_disk_and_answers_the_same(sample: Collection, tmp_path: Path) -> None:
    opened = Collection.load(sample.save(tmp_path / "index"))
    assert isinstance(opened.vectors, np.memmap)
    assert opened.model == sample.model
    assert opened.counts == sample.counts
    assert opened.fingerprint == sample.fingerprint
    assert opened.calibration_warnings == []
    for query in ("windmill", sample.items[3], asset_path("sample", "corpus", "photos", "giant-panda.webp")):
        there, here = opened.search(query, 5), sample.search(query, 5)
        assert [hit.id for hit in there] == [hit.id for hit in here]
        assert [hit.z for hit in there] == pytest.approx([hit.z for hit in here], abs=1e-5)
    item = opened.items[opened.row_of["photos/giant-panda.webp"]]
    assert item.path == sample.items[sample.row_of["photos/giant-panda.webp"]].path
    assert (opened.modality == "image").sum() == 39
    again = opened.calibrate()
    assert again.statistics["text"]["image"].mean == pytest.approx(
        sample.calibration.statistics["text"]["image"].mean, abs=1e-6
    )


def test_a_saved_collection_of_vectors_needs_no_encoder_and_calibrates_for_methods_that_learn_from_queries(
    tmp_path: Path,
) -> None:
    rng = np.random.default_rng(8)
    groups = np.repeat(["text", "image", "licences"], 20)
    made = Collection.from_vectors([f"d{n}" for n in range(60)], groups, rng.normal(size=(60, 8)))
    made.save(tmp_path / "plain")
    assert Collection.load(tmp_path / "plain").calibration is None
    made.calibrate(rng.normal(size=(30, 8)))
    opened = Collection.load(made.save(tmp_path / "calibrated"))
    assert opened.encoder is None
    assert opened.groups == ("text", "image", "licences")
    query = rng.normal(size=8)
    assert [hit.id for hit in opened.search(query)] == [hit.id for hit in made.search(query)]
    assert opened.calibration_queries == {}
    assert len(opened.search(query, method="nnn")) == 10
    assert opened.calibration_queries != {}


def test_a_saved_collection_of_a_model_takes_no_other_encoder(sample: Collection, tmp_path: Path, encoder) -> None:
    other = copy.copy(encoder)
    other.name = "another"
    with pytest.raises(ModelError, match='are of the model "modgap-mini-2"'):
        Collection.load(sample.save(tmp_path / "index"), other)


def test_an_approximate_index_is_measured_saved_and_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hnsw, "SMALLEST", 100)
    rng = np.random.default_rng(9)
    groups = np.repeat(["text", "image"], 400)
    made = Collection.from_vectors([f"d{n}" for n in range(800)], groups, rng.normal(size=(800, 8)))
    exact = {query: made.search(made.items[query], method="raw") for query in (3, 500)}
    made.with_index("hnsw").calibrate(rng.normal(size=(60, 8)))
    assert [(each.group, each.queries) for each in made.recall] == [("text", 60), ("image", 60)]
    assert all(each.mean > 0.8 for each in made.recall)
    opened = Collection.load(made.save(tmp_path / "index"))
    assert opened.recall == made.recall
    for query, hits in exact.items():
        for collection in (made, opened):
            found = collection.search(collection.items[query], method="raw")
            assert {hit.id for hit in found[:5]} == {hit.id for hit in hits[:5]}
    assert made.with_index("exact").recall == []
    with pytest.raises(ModgapError, match="exact or hnsw"):
        made.with_index("ivf")
