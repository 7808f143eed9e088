"""The methods that subtract mean vectors: by hand, on new items, and what they refuse."""

import numpy as np
import pytest

from modgap.errors import CalibrationError, ModgapError, NotFittedError
from modgap.items import Modality
from modgap.methods import GRCLIP, DistributionNormalization, I0TPost, MindTheGap, method_by_name
from modgap.methods.centroids import mean_vector

QUERIES = np.asarray([[1, 0], [0.6, 0.8]], dtype=np.float32)  # mean (.8, .4)
ITEMS = np.asarray([[1, 0], [0, 1], [0.6, 0.8], [-0.6, 0.8]], dtype=np.float32)
MODALITY = np.asarray(["text", "text", "image", "image"])  # means (.5, .5) and (0, .8)
CENTROID_METHODS = ["i0t_post", "mind_the_gap", "gr_clip", "dn"]
HALF = np.sqrt(0.5)


def test_i0t_post_by_hand() -> None:
    method = I0TPost().fit(QUERIES, ITEMS, MODALITY)
    # (.5, -.5), (-.5, .5), (.6, 0), (-.6, 0), each to length 1
    assert method.move_items(ITEMS, MODALITY) == pytest.approx(
        np.asarray([[HALF, -HALF], [-HALF, HALF], [1, 0], [-1, 0]]), abs=1e-6
    )
    # words are centred as passages are: (.5, -.5) and (.1, .3)
    assert method.move_queries(QUERIES) == pytest.approx(
        np.asarray([[HALF, -HALF], [np.sqrt(0.1), np.sqrt(0.9)]]), abs=1e-6
    )


def test_i0t_post_centres_picture_queries_as_pictures() -> None:
    method = I0TPost().fit(QUERIES, ITEMS, MODALITY, query_modality="image")
    assert method.query_shift() == pytest.approx([0, 0.8])


def test_gr_clip_by_hand() -> None:
    method = GRCLIP().fit(QUERIES, ITEMS, MODALITY)
    # (.2, -.4) and (-.2, .4)
    expected = np.asarray([[1, -2], [-1, 2]]) / np.sqrt(5)
    assert method.move_queries(QUERIES) == pytest.approx(expected, abs=1e-6)
    assert method.item_shift(Modality.TEXT) == pytest.approx([0.5, 0.5])
    assert method.item_shift(Modality.IMAGE) == pytest.approx([0, 0.8])


def test_distribution_normalization_by_hand() -> None:
    method = DistributionNormalization().fit(QUERIES, ITEMS, MODALITY)
    # queries less (.4, .2): (.6, -.2); items less (.25, .25) or (0, .4): (.75, -.25), (-.25, .75), (.6, .4), (-.6, .4)
    assert method.score(QUERIES[:1], ITEMS, MODALITY)[0] == pytest.approx([0.5, -0.3, 0.28, -0.44], abs=1e-6)


def test_mind_the_gap_by_hand() -> None:
    method = MindTheGap(lambda_=0.5).fit(QUERIES, ITEMS, MODALITY)
    # the gap is (-.5, .3); texts go along it by .5, pictures against it
    step = 0.5 * np.asarray([-0.5, 0.3]) / np.sqrt(0.34)
    moved = ITEMS + np.asarray([step, step, -step, -step])
    expected = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    assert method.move_items(ITEMS, MODALITY) == pytest.approx(expected, abs=1e-6)


def test_mind_the_gap_leaves_modalities_that_meet_where_they_are() -> None:
    both = np.concatenate([ITEMS[:2], ITEMS[:2]])
    method = MindTheGap().fit(QUERIES, both, MODALITY)
    assert method.move_items(both, MODALITY) == pytest.approx(both)


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
