"""Both modalities on one plane, as encoded and after I0T_post."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from modgap.items import Modality
from modgap.methods.i0t_post import I0TPost
from modgap.metrics.gap import centroid_distance, sample, severity
from modgap.plots.style import LABEL, MARKER, Palette, Theme, palette, panels, say
from modgap.vectors import Vectors

AREA = {Modality.TEXT: 1.0, Modality.IMAGE: 1.3}  # a triangle looks smaller than a disc of its size
MOST_POINTS = 1000  # of each modality; more only blacken the paper


def gap_map(
    vectors: Vectors,
    modality: NDArray[np.str_],
    *,
    moved: Vectors | None = None,
    method: str = "I0T_post",
    theme: Theme = "light",
    transparent: bool = False,
) -> Figure:
    """Two maps: the vectors as encoded, and as `method` moves them.

    vectors: (n, d) unit rows; modality: (n,); moved: (n, d), I0T_post with the vectors' own means if None. Each map is
    a principal component analysis of its own, with the share of the variance on its axes; titles give the centroid
    distance in all d dimensions.
    """
    if moved is None:
        moved = I0TPost.of_items(vectors, modality).move_items(vectors, modality)
    colours = palette(theme)
    figure, (before, after) = panels(2, colours, title="Where pictures and passages lie", transparent=transparent)
    for axes, rows, name in ((before, vectors, "As encoded"), (after, moved, f"After {method}")):
        _draw(axes, rows, modality, colours)
        distance = centroid_distance(rows[modality == "image"], rows[modality == "text"])
        _, shares = principal_plane(_both(rows, modality)[0])
        say(
            axes,
            colours,
            title=f"{name}: distance {distance:.2f}, {severity(distance)}",
            x=f"first component, {shares[0]:.0%} of variance",
            y=f"second, {shares[1]:.0%}",
        )
    _key(figure, after, colours)
    return figure


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


def _draw(axes: Axes, vectors: Vectors, modality: NDArray[np.str_], colours: Palette) -> None:
    both, kinds = _both(vectors, modality)
    plane, _ = principal_plane(both)
    size = float(np.clip(14000 / max(len(plane), 1), 26, 150))
    order = np.random.default_rng(0).permutation(len(plane))  # neither modality lies on top of the other
    for row in np.array_split(order, 12):
        for each in Modality:
            chosen = row[kinds[row] == each.value]
            axes.scatter(
                plane[chosen, 0],
                plane[chosen, 1],
                s=size * AREA[each],
                marker=MARKER[each],
                color=colours.strong[each],
                alpha=0.62,
                edgecolors=colours.paper,
                linewidths=0.5,
            )
    for each in Modality:
        x, y = plane[kinds == each.value].mean(axis=0)
        axes.scatter(
            [x],
            [y],
            s=520 * AREA[each],
            marker=MARKER[each],
            color=colours.word[each],
            edgecolors=colours.paper,
            linewidths=3,
            zorder=5,
        )
    axes.set_aspect("equal", adjustable="datalim")
    axes.set_xticks([])
    axes.set_yticks([])


def _key(figure: Figure, axes: Axes, colours: Palette) -> None:
    """The marker of each modality, once, beside the title."""
    handles = [axes.scatter([], [], s=260, marker=MARKER[m], color=colours.strong[m], label=m.plural) for m in Modality]
    key = figure.legend(
        handles=handles,
        loc="upper right",
        bbox_to_anchor=(0.995, 1.0),
        ncols=2,
        fontsize=LABEL,
        frameon=False,
        handletextpad=0.1,
        columnspacing=1.2,
    )
    for label, each in zip(key.get_texts(), Modality, strict=True):
        label.set_color(colours.word[each])
        label.set_fontweight("bold")


def _both(vectors: Vectors, modality: NDArray[np.str_]) -> tuple[Vectors, NDArray[np.str_]]:
    """At most `MOST_POINTS` rows of each modality, and their modality."""
    parts = [sample(vectors[modality == m.value], most=MOST_POINTS) for m in Modality]
    return np.concatenate(parts), np.repeat([m.value for m in Modality], [len(part) for part in parts])
