"""The methods that subtract mean vectors: by hand, on new items, and what they refuse."""

import numpy as np
import pytest

from modgap.errors import CalibrationError, ModgapError, NotFittedError
from modgap.items import Modality
from modgap.methods import I0TPost, method_by_name
from modgap.methods.centroids import mean_vector

QUERIES = np.asarray([[1, 0], [0.6, 0.8]], dtype=np.float32)  # mean (.8, .4)
ITEMS = np.asarray([[1, 0], [0, 1], [0.6, 0.8], [-0.6, 0.8]], dtype=np.float32)
MODALITY = np.asarray(["text", "text", "image", "image"])  # means (.5, .5) and (0, .8)
CENTROID_METHODS = ["i0t_post", "mind_the_gap", "gr_clip", "dn"]


@pytest.mark.parametrize("name", CENTROID_METHODS)
def test_a_single_new_item_moves_as_among_all(name: str) -> None:
    method = method_by_name(name).fit(QUERIES, ITEMS, MODALITY)
    together = method.move_items(ITEMS, MODALITY)
    for row in range(4):
        alone = method.move_items(ITEMS[[row]], MODALITY[[row]])
        assert alone[0].tolist() == together[row].tolist()


def test_an_item_at_the_mean_scores_zero() -> None:
    method = I0TPost().fit(QUERIES, [[1, 0], [1, 0], [0, 1], [0, 1]], MODALITY)
    assert method.move_items(np.asarray([[1, 0]], dtype=np.float32), np.asarray(["text"])).tolist() == [[0, 0]]


@pytest.mark.parametrize("name", CENTROID_METHODS)
def test_what_cannot_be_learnt_from_is_named(name: str) -> None:
    with pytest.raises(CalibrationError, match="There are 1 pictures"):
        method_by_name(name).fit(QUERIES, ITEMS[:3], MODALITY[:3])
    with pytest.raises(CalibrationError, match="There are 0 passages"):
        method_by_name(name).fit(QUERIES, ITEMS[2:], MODALITY[2:])
    with pytest.raises(NotFittedError, match="call fit"):
        method_by_name(name).move_queries(QUERIES)


@pytest.mark.parametrize("name", ["gr_clip", "dn", "nnn"])
def test_queries_that_a_mean_cannot_be_taken_of_are_refused(name: str) -> None:
    with pytest.raises(CalibrationError, match="2 or more queries; got 1"):
        method_by_name(name).fit(QUERIES[:1], ITEMS, MODALITY)
    with pytest.raises(CalibrationError, match="All queries are the same"):
        method_by_name(name).fit(QUERIES[[0, 0]], ITEMS, MODALITY)


def test_mean_vectors_agree_with_numpy_over_blocks() -> None:
    vectors = np.random.default_rng(0).normal(size=(40_000, 3)).astype(np.float32)
    members = np.arange(40_000) % 3 == 0
    assert mean_vector(vectors) == pytest.approx(vectors.mean(axis=0, dtype=np.float64), abs=1e-7)
    assert mean_vector(vectors, members) == pytest.approx(vectors[members].mean(axis=0, dtype=np.float64), abs=1e-7)


def test_the_gap_of_real_clip_vectors_closes(clip_vectors) -> None:
    with np.load(clip_vectors / "coco500_pairs.npz") as archive:
        names = archive.files
        pairs = {name: archive[name] for name in names}
    image, text = (next(v for name, v in pairs.items() if word in name.lower()) for word in ("image", "text"))
    items = np.concatenate([text, image])
    modality = np.asarray(["text"] * len(text) + ["image"] * len(image))

    def gap(vectors: np.ndarray) -> float:
        texts, images = (mean_vector(vectors, modality == m) for m in ("text", "image"))
        return float(np.linalg.norm(images - texts))

    assert gap(items) == pytest.approx(0.851, abs=1e-3)
    for name, most in {"i0t_post": 0.05, "gr_clip": 0.05, "mind_the_gap": 0.2}.items():
        method = method_by_name(name).fit(text, items, modality)
        assert gap(method.move_items(items, modality)) < most


def test_the_vectors_of_another_width_are_refused() -> None:
    with pytest.raises(ModgapError, match="3 dimensions and items 2"):
        I0TPost().fit(np.eye(3), ITEMS, MODALITY)


THREE = np.concatenate([ITEMS, [[0.8, 0.6], [1, 0]]]).astype(np.float32)  # the mean of the tables is (.9, .3)
GROUPS = np.asarray([*MODALITY, "table", "table"])


@pytest.mark.parametrize("name", CENTROID_METHODS)
def test_each_of_three_groups_has_a_mean_of_its_own(name: str) -> None:
    method = method_by_name(name).fit(QUERIES, THREE, GROUPS)
    assert {group: mean.round(4).tolist() for group, mean in method.means_.items()} == {
        "text": pytest.approx([0.5, 0.5]),
        "image": pytest.approx([0, 0.8]),
        "table": pytest.approx([0.9, 0.3]),
    }
    assert method.counts_ == {"text": 2, "image": 2, "table": 2}
    with pytest.raises(CalibrationError, match='knows no mean of the group "maps"'):
        method.move_items(THREE[:1], np.asarray(["maps"]))
    with pytest.raises(CalibrationError, match='There are 1 items of "table"'):
        method_by_name(name).fit(QUERIES, THREE[:5], GROUPS[:5])


def test_the_mean_of_a_modality_is_over_all_items_of_its_groups() -> None:
    method = I0TPost().fit(QUERIES, THREE[[0, 1, 2, 3, 4, 5, 5]], np.asarray([*GROUPS, "table"]))
    # tables (.8, .6), (1, 0), (1, 0): with the texts (1, 0), (0, 1) the sum is (3.8, 1.6) over 5
    assert method.modality_mean(Modality.TEXT) == pytest.approx([0.76, 0.32])
    assert method.modality_mean(Modality.IMAGE) == pytest.approx([0, 0.8])
    scans = I0TPost().fit(QUERIES, THREE, GROUPS, group_modality={"table": "image"})
    assert scans.modality_mean(Modality.TEXT) == pytest.approx([0.5, 0.5])
    assert scans.modality_mean(Modality.IMAGE) == pytest.approx([0.45, 0.55])


def test_a_modality_without_items_has_no_mean() -> None:
    method = I0TPost().fit(QUERIES, THREE[[0, 1, 4, 5]], GROUPS[[0, 1, 4, 5]])
    with pytest.raises(CalibrationError, match='needs items of the modality "image", and no group has any'):
        method.modality_mean(Modality.IMAGE)
