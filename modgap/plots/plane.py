"""Maps of the groups on a plane, as encoded and after I0T_post."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from modgap.engines.exact import ExactEngine
from modgap.errors import CalibrationError
from modgap.items import group_plural, ordered_groups
from modgap.methods.i0t_post import I0TPost
from modgap.metrics.gap import centroid_distances, sample, severity
from modgap.plots.style import LABEL, GroupStyle, Palette, Theme, group_styles, palette, panels, set_titles
from modgap.vectors import Vectors

MAX_GROUP_POINTS = 1000  # of each group; with more, the points only cover each other


def gap_map(
    vectors: Vectors,
    groups: NDArray[np.str_],
    *,
    moved: Vectors | None = None,
    method: str = "I0T_post",
    theme: Theme = "light",
    transparent: bool = False,
) -> Figure:
    """Two maps: the vectors as encoded, and as `method` moves them.

    vectors: (n, d) unit rows. groups: (n,). moved: (n, d), I0T_post with the vectors' own means if None.
    Each map is a principal component analysis of its own, with the share of the variance on its axes. Titles give the
    distance of the centroids in all d dimensions; of more than two groups, that of the two farthest apart.
    Raises CalibrationError for fewer than two groups.
    """
    present = require_two_groups(groups)
    if moved is None:
        moved = I0TPost.from_items(ExactEngine(vectors, groups)).move_items(vectors, groups)
    colours = palette(theme)
    styles = group_styles(present, colours)
    figure, (before, after) = panels(2, colours, title=_title(present), transparent=transparent)
    for axes, rows, name in ((before, vectors, "As encoded"), (after, moved, f"After {method}")):
        drawn, drawn_groups = _drawn_rows(rows, groups, present)
        plane, shares = principal_plane(drawn)
        _draw(axes, plane, drawn_groups, styles, colours)
        distance = max(centroid_distances(rows, groups).values())
        words = "distance" if len(present) == 2 else "largest distance"
        set_titles(
            axes,
            colours,
            title=f"{name}: {words} {distance:.2f}, {severity(distance)}",
            x=f"first component, {shares[0]:.0%} of variance",
            y=f"second, {shares[1]:.0%}",
        )
    _key(figure, after, styles)
    return figure


def require_two_groups(groups: NDArray[np.str_]) -> tuple[str, ...]:
    """The groups present. Raises CalibrationError for fewer than two, which have no gap to show."""
    present = ordered_groups(groups.tolist())
    if len(present) < 2:
        only = f"only {group_plural(present[0])}" if present else "no items"
        raise CalibrationError(f"The corpus has {only}: a map of the gap needs two groups or more.")
    return present


def _title(groups: Sequence[str]) -> str:
    if len(groups) > 2:
        return "Where the groups of the corpus lie"
    second, first = (group_plural(group) for group in groups)  # pictures come first in titles
    return f"Where {first} and {second} lie"


def principal_plane(vectors: Vectors) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The first two principal components: coordinates (n, 2), and their shares of the variance (2,), 0..1.

    The sign of a component is free; here its largest coordinate is positive.

    >>> plane, shares = principal_plane(np.array([[0.0, 0.0], [4.0, 0.0], [2.0, 1.0], [2.0, -1.0]]))
    >>> shares.round(2).tolist()
    [0.8, 0.2]
    """
    centred = vectors - vectors.mean(axis=0, dtype=np.float64)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    plane = np.zeros((vectors.shape[0], 2))
    kept = min(2, sizes.size)
    plane[:, :kept] = left[:, :kept] * sizes[:kept]
    plane *= np.where(plane.max(axis=0) >= -plane.min(axis=0), 1, -1)
    variance = np.square(sizes)
    shares = np.zeros(2)
    shares[:kept] = variance[:kept] / max(float(variance.sum()), 1e-12)
    return plane, shares


def _draw(
    axes: Axes,
    plane: NDArray[np.float64],
    groups: NDArray[np.str_],
    styles: dict[str, GroupStyle],
    colours: Palette,
) -> None:
    size = float(np.clip(14000 / max(len(plane), 1), 26, 150))
    order = np.random.default_rng(0).permutation(len(plane))  # so that no group covers another
    for row in np.array_split(order, 12):
        for group, style in styles.items():
            chosen = row[groups[row] == group]
            axes.scatter(
                plane[chosen, 0],
                plane[chosen, 1],
                s=size * style.area,
                marker=style.marker,
                color=style.strong,
                alpha=0.62,
                edgecolors=colours.paper,
                linewidths=0.5,
            )
    for group, style in styles.items():
        x, y = plane[groups == group].mean(axis=0)
        axes.scatter(
            [x],
            [y],
            s=520 * style.area,
            marker=style.marker,
            color=style.word,
            edgecolors=colours.paper,
            linewidths=3,
            zorder=5,
        )
    axes.set_aspect("equal", adjustable="datalim")
    axes.set_xticks([])
    axes.set_yticks([])


def _key(figure: Figure, axes: Axes, styles: dict[str, GroupStyle]) -> None:
    """The marker of each group, once: beside the title, or below the maps where more than two need the space."""
    handles = [
        axes.scatter([], [], s=260, marker=style.marker, color=style.strong, label=group_plural(group))
        for group, style in styles.items()
    ]
    place: dict[str, Any] = {"loc": "upper right", "bbox_to_anchor": (0.995, 1.0)}
    if len(styles) > 2:
        place = {"loc": "outside lower center"}
    key = figure.legend(
        handles=handles,
        **place,
        ncols=min(len(styles), 3),
        fontsize=LABEL,
        frameon=False,
        handletextpad=0.1,
        columnspacing=1.2,
    )
    for label, style in zip(key.get_texts(), styles.values(), strict=True):
        label.set_color(style.word)
        label.set_fontweight("bold")


def _drawn_rows(vectors: Vectors, groups: NDArray[np.str_], present: Sequence[str]) -> tuple[Vectors, NDArray[np.str_]]:
    """At most `MAX_GROUP_POINTS` rows of each group, and their groups."""
    parts = [sample(vectors[groups == group], most=MAX_GROUP_POINTS) for group in present]
    return np.concatenate(parts), np.repeat(present, [len(part) for part in parts])
