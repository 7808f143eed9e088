"""Figures as inline SVG: the mark of the app, its story as a drawing, the distributions before and after."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from modgap.items import group_plural, ordered_groups
from modgap.plots import Densities, ScoreDensities
from modgap.ui.components.groups import accent
from modgap.ui.components.rendering import render_html

WIDTH, HEIGHT = 320, 96  # of one density figure, in SVG units
_BASE = HEIGHT - 20  # the axis; the numbers stand below it

MARK = Markup(
    '<svg class="mg-mark" viewBox="0 0 64 40" aria-hidden="true">'
    '<path class="mg-fill-text" d="M20 37C32 37 33 4 42 4s10 33 22 33Z"/>'
    '<path class="mg-fill-picture" d="M0 37C12 37 13 4 22 4s10 33 22 33Z"/></svg>'
)


def story() -> Markup:
    """The idea of the app as a drawing, not a measurement: two distributions apart, then one on the other."""
    return Markup('<div class="mg-story">{}<span class="mg-story-arrow" aria-hidden="true">→</span>{}</div>').format(
        _hills(62, 218, "Raw: pictures never catch up"), _hills(138, 150, "Calibrated: both compete")
    )


def _hills(picture: int, text: int, caption: str) -> Markup:
    apart = text - picture > 100
    return render_html(
        "story_figure.html",
        hills=[{"accent": name, "path": _hill(centre)} for name, centre in (("text", text), ("picture", picture))],
        picture_x=picture if apart else 96,
        text_x=text if apart else 192,
        caption=caption,
    )


def _hill(centre: int) -> str:
    return f"M{centre - 58},70 C{centre - 26},70 {centre - 20},12 {centre},12 S{centre + 26},70 {centre + 58},70 Z"


def density_figures(densities: ScoreDensities) -> Markup:
    """The distributions of all groups, raw above standardized, with a text summary for screen readers."""
    return Markup('<div class="mg-densities">{}{}</div>').format(
        _figure(densities.raw, "Before: best cosine of each query", "before"),
        _figure(densities.standardized, "After: the same in standard deviations (z)", "after"),
    )


def _figure(densities: Densities, caption: str, when: str) -> Markup:
    low, high = float(densities.grid[0]), float(densities.grid[-1])
    x = np.interp(densities.grid, [low, high], [0, WIDTH])
    curves = []
    for group in ordered_groups(densities.curves):
        centre = densities.centres[group]
        curves.append(
            {
                "accent": accent(group),
                "path": _area(x, densities.curves[group]),
                "mean": f"{np.interp(centre, [low, high], [0, WIDTH]):.1f}",
                "words": f"{group_plural(group)} around {centre:.2f}",
            }
        )
    ticks = [
        {"x": f"{at:.1f}", "words": _number(value)}
        for value in _round_numbers(low, high)
        if 10 < (at := float(np.interp(value, [low, high], [0, WIDTH]))) < WIDTH - 10
    ]
    return render_html(
        "density_figure.html",
        when=when,
        caption=caption,
        curves=curves,
        low=f"{low:.6g}",
        high=f"{high:.6g}",
        ticks=ticks,
        width=WIDTH,
        height=HEIGHT,
        base=_BASE,
    )


def _area(x: NDArray[np.float64], curve: NDArray[np.float64]) -> str:
    y = np.interp(curve, [0, 1], [_BASE, 8])
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    return f"M0,{_BASE} L{points} L{WIDTH},{_BASE} Z"


def _round_numbers(low: float, high: float) -> NDArray[np.float64]:
    """About five round numbers inside the axis."""
    step = next((s for s in (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10) if (high - low) / s <= 6), high - low)
    return np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step


def _number(value: float) -> str:
    return f"{value:g}" if abs(value) >= 1 else f"{value + 0.0:.2g}"
