"""Colours, markers, lines and hatches of the groups."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from modgap.errors import ModgapError
from modgap.items import Modality
from modgap.plots.style import HATCH, LINE, MARKER, PALETTES, group_styles, palette


def test_modalities_differ_in_more_than_colour() -> None:
    for styles in (LINE, MARKER, HATCH):
        assert styles[Modality.TEXT] != styles[Modality.IMAGE]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_stand_out_from_the_paper(theme) -> None:
    """Contrast of 4.5 or more, as WCAG 2.1 asks of text."""

    def luminance(colour: str) -> float:
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
        return float(np.dot(parts, [0.2126, 0.7152, 0.0722]))

    palette = PALETTES[theme]
    for colour in (palette.ink, palette.soft, *palette.word.values()):
        bright, dim = sorted((luminance(colour), luminance(palette.paper)), reverse=True)
        assert (bright + 0.05) / (dim + 0.05) >= 4.5


def test_pictures_and_passages_look_the_same_beside_other_groups() -> None:
    colours = palette("light")
    alone, among = group_styles(["image", "text"], colours), group_styles(["b", "text", "a", "image"], colours)
    assert list(among) == ["text", "image", "b", "a"]
    assert {group: among[group] for group in alone} == alone
    assert (alone["image"].strong, alone["text"].marker) == ("#e8590c", "o")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_five_groups_differ_in_colour_marker_and_hatch(theme) -> None:
    styles = group_styles(["image", "text", "a", "b", "c"], palette(theme)).values()
    for part in ("strong", "word", "marker", "line", "hatch"):
        assert len({getattr(style, part) for style in styles}) == 5, part


def test_more_groups_than_colours_still_differ_from_each_other() -> None:
    styles = group_styles([f"g{number}" for number in range(20)], palette("light")).values()
    assert len({(style.strong, style.marker) for style in styles}) == 20


def test_an_unknown_theme_is_refused() -> None:
    with pytest.raises(ModgapError, match="Known: light, dark"):
        palette("sepia")  # type: ignore[arg-type]
