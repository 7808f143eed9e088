"""Distances between two clouds of vectors as distributions: kernel mean discrepancy and Fréchet distance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from modgap.vectors import Vectors

_BLOCK = 4096  # rows held in float64 at once: 16 MB of 512 dimensions


def mmd(images: Vectors, texts: Vectors) -> float:
    """Maximum mean discrepancy, in [0, sqrt 2]; 0 for equal distributions, lower is better.

    MMD^2 = mean k(x, x') + mean k(y, y') - 2 mean k(x, y),  k(a, b) = exp(-||a - b||^2 / (2 h^2)),

    the biased V-statistic of Gretton et al. 2012 (JMLR 13); h is the median distance of two different items of the
    union, so that the kernel sees shape and not only the centroids. Time and memory grow with (n + m)^2.

    >>> x = np.array([[1.0, 0.0], [0.0, 1.0]])
    >>> mmd(x, x)
    0.0
    """
    union = np.concatenate([images, texts]).astype(np.float64)
    squared = _squared_distances(union)
    above = squared[np.triu_indices(union.shape[0], k=1)]
    bandwidth = float(np.median(above)) or float(above.mean())
    if bandwidth == 0:
        return 0.0
    kernel = np.exp(-squared / (2 * bandwidth))  # the median of squares is the square of the median
    n = images.shape[0]
    value = kernel[:n, :n].mean() + kernel[n:, n:].mean() - 2 * kernel[:n, n:].mean()
    return float(np.sqrt(max(value, 0.0)))


@dataclass(frozen=True)
class Frechet:
    """The two parts of the squared distance: what moving the centroids would remove, and what remains."""

    centroid: float
    shape: float

    @property
    def total(self) -> float:
        return self.centroid + self.shape


def frechet_distance(images: Vectors, texts: Vectors) -> Frechet:
    """Squared 2-Wasserstein distance of two Gaussians with the sets' moments; >= 0, lower is better.

    F = ||mu_x - mu_y||^2 + tr(S_x + S_y - 2 (S_x^1/2 S_y S_x^1/2)^1/2)          (Dowson and Landau 1982; the FID's)

    The first term is the centroid part (the square of the centroid distance), the second the shape part. Covariances
    divide by n. images: (n, d), texts: (m, d).

    >>> f = frechet_distance(np.array([[3.0], [1.0]]), np.array([[2.0], [-2.0]]))  # means 2 and 0, deviations 1 and 2
    >>> round(f.centroid, 6), round(f.shape, 6)
    (4.0, 1.0)
    """
    (mean_x, cov_x), (mean_y, cov_y) = _moments(images), _moments(texts)
    values, directions = np.linalg.eigh(cov_x)
    root = (directions * np.sqrt(np.maximum(values, 0))) @ directions.T
    both = np.linalg.eigvalsh(root @ cov_y @ root)
    shape = np.trace(cov_x) + np.trace(cov_y) - 2 * np.sqrt(np.maximum(both, 0)).sum()
    return Frechet(float(np.square(mean_x - mean_y).sum()), float(max(shape, 0.0)))


def _moments(vectors: Vectors) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean (d,) and covariance (d, d), in float64 a block of rows at a time."""
    n, d = vectors.shape
    mean = vectors.mean(axis=0, dtype=np.float64)
    scatter = np.zeros((d, d))
    for start in range(0, n, _BLOCK):
        centred = vectors[start : start + _BLOCK] - mean
        scatter += centred.T @ centred
    return mean, scatter / n


def _squared_distances(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    lengths = np.square(vectors).sum(axis=1)
    squared = lengths[:, None] + lengths[None, :] - 2 * vectors @ vectors.T
    np.fill_diagonal(squared, 0.0)
    return np.maximum(squared, 0.0)
