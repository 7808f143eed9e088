"""The artefact: what it computes, what survives a file, what it refuses."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from modgap.calibration.artefact import FORMAT, Calibration
from modgap.calibration.merge import QuerySource
from modgap.calibration.score_statistics import ScoreStatistics
from modgap.errors import CalibrationError
from modgap.items import Modality
from modgap.metrics.gap import centroid_distance
from modgap.search.collection import Collection


@pytest.fixture
def calibration(toy) -> Calibration:
    queries, items, modality = toy
    return Collection.from_vectors(["t0", "t1", "i0", "i1"], modality, items, model="toy").calibrate(queries)


def test_statistics_by_hand(calibration: Calibration) -> None:
    text, image = calibration.statistics["text"]["text"], calibration.statistics["text"]["image"]
    assert (text.mean, text.std, text.n) == (pytest.approx(0.9), pytest.approx(0.1), 2)
    assert (image.mean, image.std, image.n) == (pytest.approx(0.3), pytest.approx(0.1), 2)
    assert text.quantiles[0] == pytest.approx(0.8)
    assert text.quantiles[50] == pytest.approx(0.9)
    assert text.quantiles[100] == pytest.approx(1.0)
    assert calibration.counts == {"text": 2, "image": 2}
    assert calibration.queries["text"].kind == "given"


def test_the_distance_of_the_middles_is_the_metrics_own(toy) -> None:
    queries, items, modality = toy
    calibration = Collection.from_vectors(["t0", "t1", "i0", "i1"], modality, items).calibrate(queries)
    unit = items / np.linalg.norm(items, axis=1, keepdims=True)
    apart = centroid_distance(unit[modality == "image"], unit[modality == "text"])
    assert calibration.centroid_distance() == pytest.approx(apart, abs=1e-6)
    assert replace(calibration, means={}).centroid_distance() is None


def test_z_and_fit_by_hand(calibration: Calibration) -> None:
    modality = np.asarray(["text", "image", "image"])
    assert calibration.z([0.9, 0.4, 0.0], modality) == pytest.approx([0, 1, -3], abs=1e-5)
    assert calibration.fit_percentile([0.9, 0.35, 0.0], modality) == pytest.approx([0.5, 2 / 3, 1 / 3], abs=1e-3)


def test_a_file_brings_everything_back(calibration: Calibration, tmp_path: Path) -> None:
    path = calibration.save(tmp_path / "new folder" / "c.json")
    assert Calibration.load(path) == calibration
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["format"] == FORMAT == "modgap.calibration/1"
    assert set(document["statistics"]["text"]["image"]) >= {"mean", "std", "n", "ci95", "quantiles"}
    assert set(document["statistics"]["text"]["image"]["ci95"]) == {"mean", "std"}
    assert sorted(p.name for p in path.parent.iterdir()) == ["c.json", "c.means.safetensors"]


def test_an_unwritable_place_leaves_nothing_behind(calibration: Calibration, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CalibrationError, match="cannot be written"):
        calibration.save(tmp_path / "file" / "c.json")
    (tmp_path / "folder").mkdir()
    with pytest.raises(CalibrationError, match="cannot be written"):
        calibration.save(tmp_path / "folder")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.update(format="other/1"), "not a modgap calibration"),
        (lambda d: d.pop("dimension"), "damaged.*dimension"),
        (lambda d: d["statistics"]["text"]["image"].update(std=0), "damaged.*cannot standardize"),
        (lambda d: d["statistics"]["text"]["image"].update(mean="high"), "damaged"),
        (lambda d: d["statistics"]["text"]["image"].update(quantiles=[2, 1]), "ascend"),
        (lambda d: d.update(statistics=[]), "damaged"),
    ],
)
def test_damaged_documents_are_refused(calibration: Calibration, change, message: str) -> None:
    document = json.loads(json.dumps(calibration.to_json()))
    change(document)
    with pytest.raises(CalibrationError, match=message):
        Calibration.from_json(document)


def test_missing_and_foreign_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CalibrationError, match=r"gone\.json cannot be read"):
        Calibration.load(tmp_path / "gone.json")
    (tmp_path / "c.json").write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(CalibrationError, match="not JSON"):
        Calibration.load(tmp_path / "c.json")


def test_another_model_or_dimension_is_refused(calibration: Calibration) -> None:
    with pytest.raises(CalibrationError, match="3-dimensional vectors and these have 512"):
        calibration.require(model="toy", dimension=512)
    with pytest.raises(CalibrationError, match=r'the model "toy".*encoded with "other"'):
        calibration.require(model="other", dimension=3)


def test_queries_of_a_modality_without_statistics_are_refused(calibration: Calibration) -> None:
    with pytest.raises(CalibrationError, match="no statistics for picture queries"):
        calibration.z([0.1], np.asarray(["text"]), query_modality="image")


def test_weak_statistics_are_warned_of(calibration: Calibration) -> None:
    assert "Only 2 text queries" in calibration.warnings()[0]
    source = replace(calibration.queries["text"], count=100)
    many = replace(calibration, queries={"text": source})
    assert "uncertain for text queries: its 95 % interval is ±1.41" in many.warnings()[0]
    assert "very unequal" in replace(many, counts={"text": 900, "image": 10}).warnings()[-1]


def test_steady_statistics_of_like_pools_need_no_warning() -> None:
    rng = np.random.default_rng(0)
    assert made_of(rng.normal(0.7, 0.05, 200), rng.normal(0.3, 0.05, 200)).warnings() == []


# --- parts and wholes ------------------------------------------------------------------------------------------

cosines = st.floats(-1, 1, width=32).filter(lambda x: abs(x) > 1e-3)
parts = st.lists(st.lists(st.tuples(cosines, cosines), min_size=2, max_size=20), min_size=1, max_size=4)


def made_of(text: ArrayLike, image: ArrayLike, *, ddof: int = 0, kind: str = "given", **changed) -> Calibration:
    """A calibration whose text queries have these best scores."""
    statistics = {
        "text": ScoreStatistics.from_scores(text, "text", ddof=ddof),
        "image": ScoreStatistics.from_scores(image, "image", ddof=ddof),
    }
    calibration = Calibration(
        model="toy",
        dimension=3,
        counts={"text": 2, "image": 2},
        fingerprint="0123456789abcdef",
        created="2025-01-01T00:00:00+00:00",
        parameters={"k": 1, "ddof": ddof},
        queries={"text": QuerySource(kind, len(np.asarray(text)), "written for a test")},
        statistics={"text": statistics},
    )
    return replace(calibration, **changed)


def without_scores(calibration: Calibration) -> Calibration:
    bare = {m: replace(s, scores=None) for m, s in calibration.statistics["text"].items()}
    return replace(calibration, statistics={"text": bare})


def pairs_differ(pairs: list[tuple[float, float]]) -> bool:
    return all(np.std(column) > 1e-3 for column in np.asarray(pairs, dtype=np.float32).T)


@settings(deadline=None, max_examples=30)
@given(parts.filter(lambda ps: all(pairs_differ(p) for p in ps)), st.sampled_from([0, 1]), st.booleans())
def test_merged_parts_equal_the_whole(ps: list[list[tuple[float, float]]], ddof: int, carried: bool) -> None:
    made = [made_of(*np.asarray(p).T, ddof=ddof) for p in ps]
    whole = made_of(*np.concatenate([np.asarray(p) for p in ps]).T, ddof=ddof)
    merged = Calibration.merge(*(made if carried else [without_scores(part) for part in made]))
    assert merged.queries["text"].count == whole.queries["text"].count
    for item in ("text", "image"):
        got, wanted = merged.statistics["text"][item], whole.statistics["text"][item]
        assert got.n == wanted.n
        assert got.mean == pytest.approx(wanted.mean, rel=0, abs=1e-12)
        assert got.std == pytest.approx(wanted.std, rel=0, abs=1e-12)
        if carried:
            assert got == wanted
        assert (got.quantiles[0], got.quantiles[-1]) == (wanted.quantiles[0], wanted.quantiles[-1])


def test_a_file_without_the_later_fields_is_read(calibration: Calibration) -> None:
    document = json.loads(json.dumps(calibration.to_json()))
    del document["fit_threshold"]
    for each in document["statistics"]["text"].values():
        del each["scores"]
    assert Calibration.from_json(document) == replace(without_scores(calibration), fit_threshold=0.05)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"model": "other"}, "differ in model"),
        ({"dimension": 4}, "differ in dimension"),
        ({"fingerprint": "f" * 16}, "differ in corpus fingerprint"),
        ({"parameters": {"k": 2, "ddof": 0}}, "differ in parameters"),
        ({"fit_threshold": 0.1}, "differ in fit threshold"),
    ],
)
def test_parts_of_different_origin_are_refused(changed: dict, message: str) -> None:
    one, other = made_of([0.1, 0.2], [0.3, 0.4]), made_of([0.1, 0.2], [0.3, 0.4], **changed)
    with pytest.raises(CalibrationError, match=message):
        Calibration.merge(one, other)


def test_nothing_cannot_be_merged() -> None:
    with pytest.raises(CalibrationError, match="nothing to merge"):
        Calibration.merge()


def test_automatic_queries_of_several_parts_count_once() -> None:
    automatic = made_of([0.1, 0.2], [0.3, 0.4], kind="automatic")
    merged = Calibration.merge(automatic, made_of([0.5, 0.6], [0.7, 0.8]), automatic)
    assert merged.statistics["text"]["text"].scores == (0.1, 0.2, 0.5, 0.6)
    assert (merged.queries["text"].kind, merged.queries["text"].count) == ("automatic and given", 4)
    assert merged.queries["text"].description == "written for a test"


def test_an_update_equals_the_whole_even_by_one_query() -> None:
    before = made_of([0.1, 0.2, 0.4], [0.3, 0.4, 0.5])
    after = before.update({"text": [0.6], "image": [0.1]})
    whole = made_of([0.1, 0.2, 0.4, 0.6], [0.3, 0.4, 0.5, 0.1])
    assert after.statistics == whole.statistics
    assert (after.queries["text"].count, before.queries["text"].count) == (4, 3)


def test_an_update_brings_statistics_for_queries_of_another_modality() -> None:
    after = made_of([0.1, 0.2], [0.3, 0.4]).update({"text": [0.5, 0.6], "image": [0.7, 0.9]}, query_modality="image")
    assert after.statistics_for("image")["image"].mean == pytest.approx(0.8)
    assert after.queries["image"].count == 2


def test_updates_that_cannot_be_learnt_say_why() -> None:
    calibration = made_of([0.1, 0.2], [0.3, 0.4])
    with pytest.raises(CalibrationError, match="have no image scores"):
        calibration.update({"text": [0.1]})
    with pytest.raises(CalibrationError, match="Only 1 query"):
        without_scores(calibration).update({"text": [0.1], "image": [0.2]})


def test_a_threshold_is_a_share() -> None:
    with pytest.raises(CalibrationError, match="from 0 to 1"):
        made_of([0.1, 0.2], [0.3, 0.4], fit_threshold=5)
