"""The map of both modalities as numbers, for a page that draws it itself: points, centroids, and a query among them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from modgap.items import Modality
from modgap.methods.i0t_post import I0TPost
from modgap.metrics.gap import centroid_distance, severity
from modgap.plots.plane import principal_plane
from modgap.vectors import Vectors

MOST_SHOWN = 300  # of each modality: a page with more points is slow, and says no more


@dataclass(frozen=True)
class PointMap:
    """One plane. rows: (p,) rows of the collection; xy: (p, 2) in 0..1, y downwards; modality: (p,).

    centroids: (x, y) by modality. query: (x, y) or None. distance: of the centroids, in all dimensions. share: of the
    variance that the plane shows, 0..1.
    """

    rows: NDArray[np.intp]
    xy: NDArray[np.float64]
    modality: NDArray[np.str_]
    centroids: dict[Modality, tuple[float, float]]
    query: tuple[float, float] | None
    distance: float
    severity: str
    share: float


def point_maps(
    vectors: Vectors,
    modality: NDArray[np.str_],
    *,
    query: Vectors | None = None,
    query_modality: str = Modality.TEXT.value,
    most: int = MOST_SHOWN,
) -> dict[str, PointMap]:
    """Two maps of (n, d) unit rows, "before" as encoded and "after" I0T_post, each by principal components of its own.

    query: (d,), shown where it lies among them. most: points of each modality, drawn by seed.
    A modality of one item is its own mean, so there is no "after". Raises CalibrationError for an absent modality.
    """
    generator = np.random.default_rng(0)
    drawn = [np.flatnonzero(modality == m.value) for m in Modality]
    rows = np.sort(
        np.concatenate([each if each.size <= most else generator.permutation(each)[:most] for each in drawn])
    )
    if min(each.size for each in drawn) == 1:
        return {"before": _point_map(vectors, modality, rows, query)}
    method = I0TPost.of_items(vectors, modality)
    moved = method.move_items(vectors, modality)
    moved_query = None if query is None else method.move_items(query[None, :], np.asarray([query_modality]))[0]
    return {
        "before": _point_map(vectors, modality, rows, query),
        "after": _point_map(moved, modality, rows, moved_query),
    }


def _point_map(vectors: Vectors, modality: NDArray[np.str_], rows: NDArray[np.intp], query: Vectors | None) -> PointMap:
    shown = vectors[rows] if query is None else np.concatenate([vectors[rows], query[None, :]])
    plane, shares = principal_plane(shown)
    low, high = plane.min(axis=0), plane.max(axis=0)
    span = max(float((high - low).max()), 1e-9)
    xy = 0.5 + (plane - (low + high) / 2) / span  # one scale for both axes: distances stay what they are
    xy[:, 1] = 1 - xy[:, 1]
    kinds, points = modality[rows], xy[: rows.size]
    means = {m: points[kinds == m.value].mean(axis=0) for m in Modality}
    distance = centroid_distance(*(vectors[modality == m] for m in ("image", "text")))
    return PointMap(
        rows=rows,
        xy=points,
        modality=kinds,
        centroids={m: (float(x), float(y)) for m, (x, y) in means.items()},
        query=None if query is None else (float(xy[-1, 0]), float(xy[-1, 1])),
        distance=distance,
        severity=severity(distance),
        share=float(shares.sum()),
    )
