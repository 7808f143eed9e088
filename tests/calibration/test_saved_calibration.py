"""A calibration that version 0.1.0 saved is read and ranks as it did then.

`saved_0_1_0/` was made by that version on its sample corpus, with the bundled model of that version:

    collection = modgap.Collection.encode(modgap.read_corpus("assets/sample/corpus"), modgap.load_encoder())
    collection.calibrate().save("calibration.json")

`rankings.json` is what `collection.search(query, 10, method=...)` then gave, {query: {method: hits}}, and `vectors.npz`
holds the vectors of that corpus and of those queries.
"""

import json
import shutil
from pathlib import Path
from unittest.mock import ANY

import numpy as np
import pytest

from modgap.calibration import Calibration
from modgap.errors import CalibrationError
from modgap.search.collection import Collection

SAVED = Path(__file__).with_name("saved_0_1_0")
RANKINGS = json.loads((SAVED / "rankings.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def calibration() -> Calibration:
    return Calibration.load(SAVED / "calibration.json")


@pytest.fixture(scope="module")
def saved() -> dict[str, np.ndarray]:
    with np.load(SAVED / "vectors.npz") as arrays:
        return dict(arrays)


@pytest.fixture(scope="module")
def query_vectors(saved) -> dict[str, np.ndarray]:
    return dict(zip(RANKINGS, saved["queries"], strict=True))


@pytest.fixture(scope="module")
def collection(calibration, saved) -> Collection:
    collection = Collection.from_vectors(saved["ids"], saved["modality"], saved["vectors"], model="modgap-mini")
    collection.use(calibration)
    return collection


def test_it_comes_back_with_its_means_and_is_written_as_one_file(calibration: Calibration, tmp_path: Path) -> None:
    assert calibration.groups == ("text", "image")
    assert calibration.means.keys() == {"text", "image", "query.text", "query.image"}
    document = json.loads((SAVED / "calibration.json").read_text(encoding="utf-8"))
    assert {**document, "arrays": ANY} == calibration.to_json()
    again = calibration.save(tmp_path / "calibration.json")
    assert [path.name for path in tmp_path.iterdir()] == ["calibration.json"]
    before = (SAVED / "calibration.json").read_text(encoding="utf-8")
    assert again.read_text(encoding="utf-8").startswith(before.removesuffix("\n}\n") + ',\n "arrays": {')
    for name, mean in Calibration.load(again).means.items():
        assert np.array_equal(mean, calibration.means[name])


def test_a_file_moved_alone_says_that_it_cannot_tell_no_match(collection, query_vectors, tmp_path: Path) -> None:
    shutil.copy(SAVED / "calibration.json", tmp_path)
    alone = Collection(collection.items, collection.vectors, model="modgap-mini")
    alone.use(Calibration.load(tmp_path / "calibration.json"))
    assert "without its mean vectors" in alone.calibration_warnings[-1]
    query = next(iter(RANKINGS))
    hits = alone.search(query_vectors[query], 10, method="standardized")
    assert [hit.id for hit in hits] == [each["id"] for each in RANKINGS[query]["standardized"]]
    with pytest.raises(CalibrationError, match="needs mean vectors"):
        alone.search(query_vectors[query], method="i0t_post")


def test_another_model_of_the_same_dimensions_refuses_it(collection, calibration: Calibration) -> None:
    other = Collection(collection.items, collection.vectors, model="another model")
    with pytest.raises(CalibrationError, match=r'made with the model "modgap-mini" .* calibrate again'):
        other.use(calibration)


@pytest.mark.parametrize("method", ["standardized", "raw", "i0t_post", "minmax", "gr_clip"])
@pytest.mark.parametrize("query", RANKINGS)
def test_the_sample_is_ranked_and_judged_as_it_was(query, method, collection, query_vectors) -> None:
    expected, hits = RANKINGS[query][method], collection.search(query_vectors[query], 10, method=method)
    assert [hit.id for hit in hits] == [each["id"] for each in expected]
    for name in ("score", "z", "fit"):
        values = [getattr(hit, name) for hit in hits]
        assert values == pytest.approx([each[name] for each in expected], abs=2e-5)
    assert [hit.good_match for hit in hits] == [each["good_match"] for each in expected]
