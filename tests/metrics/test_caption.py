"""Caption scores, worked out by hand."""

import numpy as np
import pytest

from modgap.engines import ExactEngine
from modgap.methods.i0t_post import I0TPost
from modgap.metrics.caption import centred, clip_score, i0t_score, ref_clip_score
from modgap.vectors import unit_vectors

PICTURE = np.asarray([[1.0, 0.0, 0.0]], dtype=np.float32)
CAPTION = np.asarray([[0.28, 0.96, 0.0]], dtype=np.float32)


def test_clip_score_is_two_and_a_half_cosines_and_never_negative():
    assert clip_score(PICTURE, CAPTION)[0] == pytest.approx(0.7)
    assert clip_score(PICTURE, -CAPTION)[0] == 0
    assert clip_score(PICTURE, CAPTION, w=2.0)[0] == pytest.approx(0.56)


def test_ref_clip_score_is_the_harmonic_mean_with_the_nearest_reference():
    far, near = [0.0, 0.0, 1.0], [0.0, 0.6, 0.8]  # cosines with the caption: 0 and 0.576
    found = ref_clip_score(PICTURE, CAPTION, [np.asarray([far, near])])
    assert found[0] == pytest.approx(2 * 0.7 * 0.576 / (0.7 + 0.576))


def test_ref_clip_score_of_nothing_in_common_is_zero_and_without_a_reference_nan():
    opposite = -CAPTION
    found = ref_clip_score(
        np.repeat(PICTURE, 3, axis=0),
        np.concatenate([opposite, CAPTION, CAPTION]),
        [CAPTION, opposite, np.empty((0, 3))],
    )
    assert found[:2].tolist() == [0, 0]
    assert np.isnan(found[2])


def test_i0t_score_is_the_cosine_after_centring():
    # picture (1,0,0) - (.8,0,0) = (.2,0,0) -> (1,0,0); caption (.28,.96,0) - (0,.96,0) -> (1,0,0)
    means = {"image_mean": np.asarray([0.8, 0, 0]), "text_mean": np.asarray([0, 0.96, 0])}
    assert i0t_score(PICTURE, CAPTION, **means)[0] == pytest.approx(1)
    # caption (-.28,.96,0) -> (-1,0,0): the opposite, which clipping hides
    wrong = np.asarray([[-0.28, 0.96, 0.0]])
    assert i0t_score(PICTURE, wrong, **means)[0] == pytest.approx(-1)
    assert i0t_score(PICTURE, wrong, **means, clip=True)[0] == 0


def test_centring_is_that_of_the_i0t_post_method():
    rng = np.random.default_rng(0)
    vectors = unit_vectors(rng.normal(size=(20, 8)) + 1)
    modality = np.asarray(["image"] * 10 + ["text"] * 10)
    moved = I0TPost.from_items(ExactEngine(vectors, modality)).move_items(vectors, modality)
    assert centred(vectors[:10], vectors[:10].mean(axis=0)) == pytest.approx(moved[:10], abs=1e-6)
    assert centred(vectors[10:], vectors[10:].mean(axis=0)) == pytest.approx(moved[10:], abs=1e-6)
