"""The map of the groups as numbers, for a page that draws it itself: points, centroids, and a query among them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from modgap.engines.exact import ExactEngine
from modgap.items import Modality, ordered_groups
from modgap.methods.i0t_post import I0TPost
from modgap.metrics.gap import centroid_distances, severity
from modgap.plots.plane import principal_plane, require_two_groups
from modgap.vectors import Vectors

MAX_GROUP_POINTS = 2500  # of each group: 5,000 on the map move at 28 frames a second without a graphics card


@dataclass(frozen=True)
class PointMap:
    """One plane.

    rows: (p,) rows of the collection. xy: (p, 2) in 0..1, y downwards. groups: (p,).
    centroids: (x, y) by group. query: (x, y) or None.
    distance: of the centroids, in all dimensions; of more than two groups, that of the two farthest apart.
    share: of the variance that the plane shows, 0..1.
    """

    rows: NDArray[np.intp]
    xy: NDArray[np.float64]
    groups: NDArray[np.str_]
    centroids: dict[str, tuple[float, float]]
    query: tuple[float, float] | None
    distance: float
    severity: str
    share: float


def point_maps(
    vectors: Vectors,
    groups: NDArray[np.str_],
    *,
    query: Vectors | None = None,
    query_modality: str = Modality.TEXT.value,
    most: int = MAX_GROUP_POINTS,
) -> dict[str, PointMap]:
    """Two maps of (n, d) unit rows, "before" as encoded and "after" I0T_post, each by principal components of its own.

    vectors: (n, d); groups: (n,). query: (d,), shown where it lies among them. most: points of each group, drawn by
    seed. A group of one item is its own mean, so then there is no "after". Raises CalibrationError for fewer than two
    groups.
    """
    generator = np.random.default_rng(0)
    drawn = [np.flatnonzero(groups == group) for group in require_two_groups(groups)]
    rows = np.sort(
        np.concatenate([each if each.size <= most else generator.permutation(each)[:most] for each in drawn])
    )
    if min(each.size for each in drawn) == 1:
        return {"before": _point_map(vectors, groups, rows, query)}
    method = I0TPost.from_items(ExactEngine(vectors, groups), query_modality)
    moved = method.move_items(vectors, groups)
    moved_query = None if query is None else method.move_queries(query[None, :])[0]
    return {
        "before": _point_map(vectors, groups, rows, query),
        "after": _point_map(moved, groups, rows, moved_query),
    }


def _point_map(vectors: Vectors, groups: NDArray[np.str_], rows: NDArray[np.intp], query: Vectors | None) -> PointMap:
    shown = vectors[rows] if query is None else np.concatenate([vectors[rows], query[None, :]])
    plane, shares = principal_plane(shown)
    low, high = plane.min(axis=0), plane.max(axis=0)
    span = max(float((high - low).max()), 1e-9)
    xy = 0.5 + (plane - (low + high) / 2) / span  # one scale for both axes keeps distances comparable
    xy[:, 1] = 1 - xy[:, 1]
    shown_groups, points = groups[rows], xy[: rows.size]
    present = ordered_groups(shown_groups.tolist())
    means = {group: points[shown_groups == group].mean(axis=0) for group in present}
    distance = max(centroid_distances(vectors, groups).values())
    return PointMap(
        rows=rows,
        xy=points,
        groups=shown_groups,
        centroids={group: (float(x), float(y)) for group, (x, y) in means.items()},
        query=None if query is None else (float(xy[-1, 0]), float(xy[-1, 1])),
        distance=distance,
        severity=severity(distance),
        share=float(shares.sum()),
    )
