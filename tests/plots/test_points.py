"""The map of the groups as numbers."""

import numpy as np
import pytest

from modgap.errors import CalibrationError
from modgap.plots.points import point_maps
from modgap.search.collection import Collection


def test_centring_brings_the_middles_together_and_points_stay_in_the_square(collection: Collection) -> None:
    maps = point_maps(collection.vectors, collection.modality, query=collection.vectors[0])
    apart = {name: np.linalg.norm(np.subtract(*each.centroids.values())) for name, each in maps.items()}
    assert apart["before"] > 5 * apart["after"]
    assert maps["after"].distance < 0.2 < maps["before"].distance
    for each in maps.values():
        assert each.xy.shape == (60, 2)
        assert 0 <= each.xy.min() <= each.xy.max() <= 1
        assert list(each.centroids) == ["text", "image"]
    assert maps["before"].query == pytest.approx(tuple(maps["before"].xy[0]))  # the query is item 0


def test_at_most_so_many_points_of_each_group_are_shown(collection: Collection) -> None:
    found = point_maps(collection.vectors, collection.modality, most=7)["before"]
    assert {name: int((found.groups == name).sum()) for name in ("text", "image")} == {"text": 7, "image": 7}
    assert (collection.modality[found.rows] == found.groups).all()


def test_three_groups_have_centroids_and_the_largest_distance() -> None:
    vectors = np.asarray([[1, 0], [0.8, 0.6], [0, 1], [-0.6, 0.8], [-1, 0]], dtype=np.float32)
    groups = np.asarray(["text", "text", "image", "image", "licences"])
    maps = point_maps(vectors, groups)
    assert list(maps) == ["before"]  # one item is its own mean
    found = maps["before"]
    assert found.groups.tolist() == groups.tolist()
    assert list(found.centroids) == ["text", "image", "licences"]
    assert found.centroids["text"] == pytest.approx(tuple(found.xy[:2].mean(axis=0)))
    assert found.distance == pytest.approx(np.hypot(1.9, 0.3))  # (0.9, 0.3) and (-1, 0)
    assert found.severity == "severe"


def test_one_group_has_no_map() -> None:
    with pytest.raises(CalibrationError, match="only pictures"):
        point_maps(np.eye(3, dtype=np.float32), np.full(3, "image"))


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
