"""Figures as inline SVG: the mark of the app, the icons of the modalities, the two distributions before and after."""

from __future__ import annotations

from html import escape

import numpy as np
from numpy.typing import NDArray

from modgap.items import Modality
from modgap.plots import Densities, ScoreDensities

WIDTH, HEIGHT = 320, 96  # of one density figure, in SVG units
_BASE = HEIGHT - 20  # the axis; below it stand the numbers

_ICON_PATHS = {
    Modality.IMAGE: '<rect x="1.5" y="2.5" width="13" height="11" rx="2"/><circle cx="5.4" cy="6.2" r="1.2"/>'
    '<path d="m2 12 4-3.6 2.6 2.2 2.9-3 3 3.2"/>',
    Modality.TEXT: '<path d="M2 3.5h12M2 6.5h12M2 9.5h12M2 12.5h7"/>',
}

MARK = (
    '<svg class="mg-mark" viewBox="0 0 64 40" aria-hidden="true">'
    '<path class="mg-fill-text" d="M20 37C32 37 33 4 42 4s10 33 22 33Z"/>'
    '<path class="mg-fill-picture" d="M0 37C12 37 13 4 22 4s10 33 22 33Z"/></svg>'
)


def story() -> str:
    """What the app does, drawn: two distributions apart, then one on the other. A drawing, no measurement."""
    return (
        '<div class="mg-story">'
        f"{_hills(62, 218, 'Raw: pictures never catch up')}"
        '<span class="mg-story-arrow" aria-hidden="true">→</span>'
        f"{_hills(138, 150, 'Standardized: both compete')}</div>"
    )


def _hills(picture: int, text: int, caption: str) -> str:
    hills = "".join(
        f'<path class="mg-curve mg-curve-{kind}" d="{_hill(centre)}"/>'
        for kind, centre in (("text", text), ("picture", picture))
    )
    apart = text - picture > 100
    return (
        f'<figure><svg viewBox="0 0 288 92" aria-hidden="true">{hills}'
        '<line class="mg-axis" x1="0" x2="288" y1="70" y2="70"/>'
        f'<text class="mg-label-picture" x="{picture if apart else 96}" y="87" text-anchor="middle">pictures</text>'
        f'<text class="mg-label-text" x="{text if apart else 192}" y="87" text-anchor="middle">passages</text>'
        f"</svg><figcaption>{caption}</figcaption></figure>"
    )


def _hill(centre: int) -> str:
    return f"M{centre - 58},70 C{centre - 26},70 {centre - 20},12 {centre},12 S{centre + 26},70 {centre + 58},70 Z"


def icon(modality: Modality) -> str:
    """A small line drawing of a picture or of lines of text; the word beside it says the same."""
    return f'<svg class="mg-icon" viewBox="0 0 16 16" aria-hidden="true">{_ICON_PATHS[modality]}</svg>'


def density_figures(densities: ScoreDensities) -> str:
    """Both distributions, one figure over the other, with a text summary for those who do not see them."""
    return (
        '<div class="mg-densities">'
        + _figure(densities.raw, "Before: best cosine of each query", "before")
        + _figure(densities.standardized, "After: the same in standard deviations (z)", "after")
        + "</div>"
    )


def _figure(densities: Densities, caption: str, name: str) -> str:
    low, high = float(densities.grid[0]), float(densities.grid[-1])
    x = np.interp(densities.grid, [low, high], [0, WIDTH])
    shapes, words = "", []
    for modality in (Modality.TEXT, Modality.IMAGE):
        kind = "picture" if modality is Modality.IMAGE else "text"
        centre = densities.centres[modality.value]
        at = float(np.interp(centre, [low, high], [0, WIDTH]))
        shapes += f'<path class="mg-curve mg-curve-{kind}" d="{_area(x, densities.curves[modality.value])}"/>'
        shapes += f'<line class="mg-mean mg-mean-{kind}" x1="{at:.1f}" x2="{at:.1f}" y1="6" y2="{_BASE}"/>'
        words.append(f"{modality.plural} around {centre:.2f}")
    ticks = "".join(_tick(value, low, high) for value in _ticks(low, high))
    return (
        f'<figure class="mg-figure mg-figure-{name}"><figcaption>{escape(caption)}</figcaption>'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(caption)}: {" and ".join(words)}">'
        f'{shapes}<line class="mg-axis" x1="0" x2="{WIDTH}" y1="{_BASE}" y2="{_BASE}"/>{ticks}</svg></figure>'
    )


def _area(x: NDArray[np.float64], curve: NDArray[np.float64]) -> str:
    y = np.interp(curve, [0, 1], [_BASE, 8])
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    return f"M0,{_BASE} L{points} L{WIDTH},{_BASE} Z"


def _ticks(low: float, high: float) -> NDArray[np.float64]:
    """Round numbers inside the axis, about five of them."""
    step = next((s for s in (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10) if (high - low) / s <= 6), high - low)
    return np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step


def _tick(value: float, low: float, high: float) -> str:
    at = float(np.interp(value, [low, high], [0, WIDTH]))
    if not 10 < at < WIDTH - 10:
        return ""
    text = f"{value:g}" if abs(value) >= 1 else f"{value + 0.0:.2g}"
    return f'<text class="mg-tick" x="{at:.1f}" y="{HEIGHT - 5}" text-anchor="middle">{text}</text>'
