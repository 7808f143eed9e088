"""The artefact: what it computes, and what it refuses."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from modgap.calibration.artefact import Calibration
from modgap.calibration.no_good_match import NoMatchTest
from modgap.errors import CalibrationError, ModgapError
from modgap.methods import method_by_name
from modgap.metrics.gap import centroid_distance
from modgap.search.collection import Collection
from tests.calibration.made_calibrations import made_of, without_scores


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


def test_a_file_without_its_means_says_what_search_lacks(calibration: Calibration) -> None:
    test = NoMatchTest(mean={"text": 0.1, "image": 0.1}, std={"text": 1.0, "image": 1.0}, threshold=0.0)
    with_test = replace(calibration, evidence=test)
    assert calibration.missing() == with_test.missing() == replace(calibration, means={}).missing() == []
    document = {name: value for name, value in with_test.to_json().items() if name != "arrays"}
    [sentence] = Calibration.from_json(document).missing()
    assert "came without its mean vectors" in sentence


def test_an_unwritable_place_leaves_nothing_behind(calibration: Calibration, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CalibrationError, match="cannot be written"):
        calibration.save(tmp_path / "file" / "c.json")
    (tmp_path / "folder").mkdir()
    with pytest.raises(CalibrationError, match="cannot be written"):
        calibration.save(tmp_path / "folder")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder"]


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
    assert "uncertain for text queries: its 95 % interval is ±1.41" in without_scores(many).warnings()[0]
    assert many.warnings() == [], "both groups move by 0.2 from query to query: their difference is certain"
    assert "very unequal" in replace(many, counts={"text": 900, "image": 10}).warnings()[-1]


def test_steady_statistics_of_like_pools_need_no_warning() -> None:
    rng = np.random.default_rng(0)
    assert made_of(text=rng.normal(0.7, 0.05, 200), image=rng.normal(0.3, 0.05, 200)).warnings() == []


def test_a_threshold_is_a_share(calibration: Calibration) -> None:
    with pytest.raises(CalibrationError, match="from 0 to 1"):
        replace(calibration, fit_threshold=5)


# --- three groups -----------------------------------------------------------------------------------------------


def test_each_group_has_its_own_z_and_fit(three: Calibration) -> None:
    assert three.groups == ("text", "image", "table")
    of = three.statistics_for("text")["table"]
    assert three.z([of.mean, of.mean + of.std], np.asarray(["table"] * 2)) == pytest.approx([0, 1], abs=1e-5)
    groups = np.asarray(["text", "image", "table"])
    assert three.fit_percentile([0.5, 0.5, 0.5], groups) == pytest.approx([0, 1, 0.5], abs=0.1)
    with pytest.raises(CalibrationError, match='nothing of the group "maps"'):
        three.z([0.5], np.asarray(["maps"]))


def test_pools_of_three_groups_are_compared_by_the_largest_and_the_smallest(three: Calibration) -> None:
    assert three.warnings() == []
    unequal = replace(three, counts={"text": 300, "image": 40, "table": 20})
    assert unequal.warnings() == [
        'The pools are very unequal (20 items of "table", 40 pictures, 300 passages): the best of a large pool is '
        "higher by chance, which favours the smaller one."
    ]
    assert replace(three, counts={"text": 200, "image": 40, "table": 20}).warnings() == []


def test_the_offset_of_the_two_groups_that_are_least_certain_is_warned_of() -> None:
    rng = np.random.default_rng(0)
    steady = {"text": rng.normal(0.7, 0.05, 60), "image": rng.normal(0.3, 0.05, 60)}
    assert made_of(**steady).warnings() == []
    wide = made_of(**steady, table=rng.normal(0.5, 1e-3, 60))  # whose small deviation the others' intervals exceed
    assert wide.warnings()[0].startswith("The offset between the groups is uncertain for text queries")


def test_a_corpus_with_a_group_that_it_does_not_know_is_refused(three: Calibration, toy) -> None:
    three.require(model="toy", dimension=3, groups=("text", "table"))
    with pytest.raises(CalibrationError, match=r'no statistics for items of "maps".*knows text, image, table'):
        three.require(model="toy", dimension=3, groups=("text", "maps"))
    queries, items, modality = toy
    names = ["t0", "t1", "i0", "i1"]
    calibration = Collection.from_vectors(names, modality, items).calibrate(queries)
    other = Collection.from_vectors(names, ["text", "text", "image", "table"], items)
    with pytest.raises(CalibrationError, match=r'no statistics for items of "table", which this corpus has.*again'):
        other.use(calibration)
    assert other.calibration is None


def test_numbers_for_exports_are_of_every_group(three: Calibration) -> None:
    numbers = three.numbers()
    assert numbers.mean == {group: each.mean for group, each in three.statistics["text"].items()}
    assert numbers.std.keys() == {"text", "image", "table"}
    assert '2 pictures, 2 passages and 2 items of "table"' in numbers.origin
    with pytest.raises(ModgapError, match='"table" is neither'):
        three.numbers("table")


def test_what_methods_are_restored_from_has_every_group(three: Calibration) -> None:
    state = three.fitted_state()
    assert state.counts == {"text": 2, "image": 2, "table": 2}
    assert state.group_modality == {"text": "text", "image": "image", "table": "image"}
    assert state.low["table"] == three.statistics["text"]["table"].quantiles[0]
    assert state.high["table"] == three.statistics["text"]["table"].quantiles[-1]
    assert state.means.keys() == {"table"}
    groups = np.asarray(["text", "image", "table"])
    for name in ("standardized", "minmax"):
        method = method_by_name(name)
        method.restore(state)
        assert np.isfinite(method.transform([0.1, 0.2, 0.3], groups)).all()
