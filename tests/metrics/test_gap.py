"""Metrics of two clouds of vectors: worked by hand, then against scikit-learn, then on real CLIP vectors."""

from pathlib import Path

import numpy as np
import pytest
import scipy.spatial
from sklearn.linear_model import LogisticRegression

from modgap.metrics.catalogue import GAP_METRICS, left_out
from modgap.metrics.gap import (
    MAX_GROUP_ITEMS,
    alignment,
    centroid_cosine_distance,
    centroid_distance,
    centroid_distances,
    cone,
    embedding_gap,
    linear_separability,
    paired_distance,
    relative_modality_gap,
    sample,
    severity,
    uniformity,
)
from modgap.vectors import unit_vectors

EAST, NORTH = np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])
CROSS = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])


def random_units(n: int, d: int = 6, *, shift: float = 0.0, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(n, d))
    rows[:, 0] += shift
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_centroid_distance_by_hand():
    assert centroid_distance(EAST, NORTH) == pytest.approx(2**0.5)
    assert centroid_distance(EAST, -EAST) == pytest.approx(2.0)
    assert centroid_distance(CROSS, CROSS[:2]) == 0.0


@pytest.mark.parametrize(
    ("distance", "band"), [(0.63, "severe"), (0.6299, "moderate"), (0.19, "moderate"), (0.1899, "low"), (0.0, "low")]
)
def test_severity_bands_have_their_ends_where_the_paper_puts_them(distance: float, band: str):
    assert severity(distance) == band


def test_pair_metrics_by_hand():
    images, texts = np.concatenate([EAST, NORTH]), np.concatenate([EAST, -NORTH])
    assert paired_distance(images, texts) == 1.0  # distances 0 and 2
    assert alignment(images, texts) == 2.0  # squares 0 and 4
    # m = mean of 0 and 1; both insides (1 - 0) / 2
    assert relative_modality_gap(images, texts) == pytest.approx(0.5 / (0.5 + 0.5))


def test_rmg_is_a_half_where_a_pair_is_as_far_as_two_random_pictures_and_0_where_pairs_coincide():
    # equal mixed cosines: every pair of the three vectors has cosine -1/2, each text is another picture
    angles = np.array([0, 2, 4]) * np.pi / 3
    triangle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    assert relative_modality_gap(triangle, np.roll(triangle, 1, axis=0)) == pytest.approx(0.5)
    assert relative_modality_gap(triangle, triangle) == pytest.approx(0.0)


def test_the_centroid_cosine_distance_is_scipys_of_the_means():
    rng = np.random.default_rng(3)
    images, texts = (unit_vectors(rng.normal(size=(n, 5)) + shift) for n, shift in ((7, 0.5), (9, -0.2)))
    expected = scipy.spatial.distance.cosine(images.mean(axis=0), texts.mean(axis=0))
    assert centroid_cosine_distance(images, texts) == pytest.approx(expected, abs=1e-6)
    assert centroid_cosine_distance(np.eye(2)[[0, 0]], np.asarray([[0.0, 1.0], [0.0, -1.0]])) == 0


def test_cone_is_the_mean_cosine_of_unlike_items():
    rows = random_units(9)
    cosines = rows @ rows.T
    assert cone(rows) == pytest.approx(cosines[~np.eye(9, dtype=bool)].mean())
    assert cone(CROSS) == pytest.approx(-1 / 3)  # of 6 pairs two have cosine -1, the others 0


def test_uniformity_by_hand():
    # of 6 pairs two have squared distance 4, the others 2
    assert uniformity(CROSS) == pytest.approx(np.log((2 * np.exp(-8) + 4 * np.exp(-4)) / 6))
    assert uniformity(np.repeat(EAST, 3, axis=0)) == pytest.approx(0.0)


def test_separability_is_1_apart_and_near_chance_mixed():
    apart = linear_separability(random_units(60, shift=9.0), random_units(60, shift=-9.0, seed=1))
    mixed = linear_separability(random_units(600), random_units(600, seed=1))
    assert apart == 1.0
    assert mixed == pytest.approx(0.5, abs=0.06)


def test_separability_is_balanced_and_agrees_with_scikit_learn():
    images, texts = random_units(10, shift=0.7), random_units(300, seed=1)
    rng = np.random.default_rng(0)
    x, y = images[rng.permutation(10)], texts[rng.permutation(300)[:10]]
    model = LogisticRegression(max_iter=1000).fit(np.concatenate([x[:5], y[:5]]), [1] * 5 + [0] * 5)
    assert linear_separability(images, texts) == model.score(np.concatenate([x[5:], y[5:]]), [1] * 5 + [0] * 5)


def test_metrics_of_pairs_are_left_out_without_pairs_and_never_invented():
    vectors = np.concatenate([random_units(8), random_units(8, seed=1)]).astype(np.float32)
    modality = np.repeat(["image", "text"], 8)
    without = embedding_gap(vectors, modality)
    with_pairs = embedding_gap(vectors, modality, pairs=(vectors[:8], vectors[8:]))
    assert with_pairs.keys() - without.keys() == {"paired_distance", "rmg", "alignment"}
    assert with_pairs.keys() == {name for name, metric in GAP_METRICS.items() if metric.needs != "queries"}
    assert left_out(without.keys(), pairs_known=False)["rmg"] == "no picture is known to belong to a text"


def test_too_few_items_leave_out_what_cannot_be_measured():
    found = embedding_gap(np.concatenate([EAST, NORTH]), np.array(["image", "text"]))
    assert found == {"centroid_distance": pytest.approx(2**0.5), "centroid_cosine_distance": pytest.approx(1)}


def test_every_metric_keeps_to_its_range_and_is_seeded():
    vectors = np.concatenate([random_units(50, shift=2), random_units(70, seed=1)]).astype(np.float32)
    modality = np.repeat(["image", "text"], [50, 70])
    found = embedding_gap(vectors, modality, seed=3)
    assert found == embedding_gap(vectors, modality, seed=3)
    assert 0 <= found["centroid_distance"] <= 2
    assert 0 <= found["linear_separability"] <= 1
    assert 0 <= found["mmd"] <= 2**0.5
    assert -8 <= found["uniformity_image"] <= 0
    assert found["frechet"] == pytest.approx(found["frechet_centroid"] + found["frechet_shape"])


def test_a_sample_is_bounded_seeded_and_in_order():
    rows = np.arange(MAX_GROUP_ITEMS + 500, dtype=np.float32)[:, None]
    drawn = sample(rows)
    assert drawn.shape == (MAX_GROUP_ITEMS, 1)
    assert (np.diff(drawn[:, 0]) > 0).all()
    assert (drawn == sample(rows)).all()
    assert sample(rows[:5]) is not None
    assert sample(rows[:5]).shape == (5, 1)


def test_clip_on_coco_has_the_gap_that_its_authors_measured(clip_vectors: Path):
    with np.load(clip_vectors / "coco500_pairs.npz") as archive:
        images, texts = archive["image"], archive["text"]
    assert centroid_distance(images, texts) == pytest.approx(0.851, abs=5e-4)
    assert linear_separability(images, texts) == 1.0


def test_the_distances_of_three_groups_are_those_of_each_two():
    vectors = np.concatenate([EAST, NORTH, -EAST, NORTH])
    found = centroid_distances(vectors, np.array(["b", "image", "text", "b"]))
    # the middle of b is (0.5, 0.5)
    assert found == {
        ("text", "image"): pytest.approx(2**0.5),
        ("text", "b"): pytest.approx(2.5**0.5),
        ("image", "b"): pytest.approx(0.5**0.5),
    }


def test_the_gap_of_any_two_of_three_groups_leaves_the_third_out():
    vectors = np.concatenate([random_units(20, shift=2), random_units(30, seed=1), random_units(25, shift=-2, seed=2)])
    groups = np.repeat(["image", "text", "licences"], [20, 30, 25])
    found = embedding_gap(vectors, groups, pair=("licences", "text"))
    assert found["cone_image"] == cone(vectors[50:])  # the first of the pair takes the part of the pictures
    assert found["cone_text"] == cone(vectors[20:50])
    assert found["centroid_distance"] == centroid_distance(vectors[50:], vectors[20:50])
    assert embedding_gap(vectors, groups) == embedding_gap(vectors[:50], groups[:50])
