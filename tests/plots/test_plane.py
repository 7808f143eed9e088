"""The map of the groups: its plane, its titles, its points."""

import numpy as np
import pytest

from modgap import plots
from modgap.errors import CalibrationError
from modgap.plots.plane import principal_plane
from modgap.search.collection import Collection


def test_the_map_shows_the_variance_and_the_distance(collection: Collection, words) -> None:
    moved = collection.vectors.copy()
    shown = words(plots.gap_map(collection.vectors, collection.modality, moved=moved, method="nothing"))
    assert "% of variance" in shown
    assert "After nothing: distance" in shown


def test_principal_components_agree_with_scikit_learn() -> None:
    from sklearn.decomposition import PCA

    vectors = np.random.default_rng(0).normal(size=(50, 6)) * [5, 4, 1, 1, 1, 1]
    plane, shares = principal_plane(vectors)
    pca = PCA(2).fit(vectors)
    assert shares == pytest.approx(pca.explained_variance_ratio_)
    np.testing.assert_allclose(np.abs(plane), np.abs(pca.transform(vectors)), atol=1e-9)


def test_one_dimension_and_one_item_still_make_a_plane() -> None:
    assert principal_plane(np.array([[1.0], [-1.0]]))[1].tolist() == [1.0, 0.0]
    assert principal_plane(np.array([[1.0, 0.0]]))[0].tolist() == [[0.0, 0.0]]


def test_three_groups_are_drawn_with_the_largest_distance_in_the_title(words) -> None:
    vectors = np.repeat(np.asarray([[1, 0, 0], [0, 1, 0], [0.6, 0.8, 0]], dtype=np.float32), 4, axis=0)
    groups = np.repeat(["text", "image", "licences"], 4)
    figure = plots.gap_map(vectors, groups, moved=vectors, method="nothing")
    shown = words(figure)
    assert "Where the groups of the corpus lie" in shown
    assert "As encoded: largest distance 1.41, severe" in shown  # of (1, 0, 0) and (0, 1, 0)
    assert 'items of "licences"' in shown
    before = figure.axes[0]
    assert sum(len(each.get_offsets()) for each in before.collections) == 12 + 3  # items and centroids


def test_one_group_has_no_map() -> None:
    with pytest.raises(CalibrationError, match="only passages: a map of the gap needs two groups"):
        plots.gap_map(np.eye(3, dtype=np.float32), np.full(3, "text"))
