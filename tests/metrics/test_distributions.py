"""Distances of distributions against scipy and scikit-learn."""

import numpy as np
import pytest
from scipy.linalg import sqrtm
from sklearn.metrics.pairwise import rbf_kernel

from modgap.metrics.distributions import frechet_distance, mmd
from modgap.metrics.gap import centroid_distance

EAST = np.array([[1.0, 0.0]])


def random_units(n: int, d: int = 6, *, shift: float = 0.0, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(n, d))
    rows[:, 0] += shift
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_mmd_agrees_with_scikit_learns_kernel():
    x, y = random_units(30, shift=1.0), random_units(20, seed=1)
    union = np.concatenate([x, y])
    squared = ((union[:, None] - union[None]) ** 2).sum(axis=2)[np.triu_indices(50, k=1)]
    kernel = rbf_kernel(union, gamma=1 / (2 * np.median(np.sqrt(squared)) ** 2))
    expected = kernel[:30, :30].mean() + kernel[30:, 30:].mean() - 2 * kernel[:30, 30:].mean()
    assert mmd(x, y) == pytest.approx(np.sqrt(expected), rel=1e-3)  # squares of an even count have two medians


def test_mmd_of_identical_points_is_0():
    assert mmd(np.repeat(EAST, 2, axis=0), np.repeat(EAST, 2, axis=0)) == 0.0


def test_frechet_agrees_with_scipys_matrix_root():
    x, y = random_units(80, shift=1.0), random_units(60, seed=1)
    cov_x, cov_y = np.cov(x.T, ddof=0), np.cov(y.T, ddof=0)
    found = frechet_distance(x, y)
    assert found.centroid == pytest.approx(centroid_distance(x, y) ** 2)
    assert found.shape == pytest.approx(np.trace(cov_x + cov_y - 2 * np.real(sqrtm(cov_x @ cov_y))), abs=1e-9)
    assert found.total == pytest.approx(found.centroid + found.shape)


def test_frechet_of_a_cloud_and_the_same_cloud_moved_is_all_centroid():
    x = random_units(40)
    found = frechet_distance(x, x + np.array([2.0, 0, 0, 0, 0, 0]))
    assert (found.centroid, found.shape) == (pytest.approx(4.0), pytest.approx(0.0, abs=1e-9))


def test_frechet_holds_with_fewer_items_than_dimensions():
    x, y = random_units(3, d=50), random_units(4, d=50, seed=1)
    assert frechet_distance(x, x).shape == pytest.approx(0.0, abs=1e-6)
    assert frechet_distance(x, y).shape > 0
