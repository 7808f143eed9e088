"""Style of every figure: the colours of the app, type that can be read from a back row, two themes.

Colour means group and nothing else: orange for pictures, blue for passages, other hues for other groups. Orange and
blue stay apart for colour-blind readers; for greyscale each group also has its own line style, marker and hatch.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from modgap.errors import ModgapError
from modgap.items import Modality, ordered_groups

Theme = Literal["light", "dark"]

SIZE = (12.8, 7.2)  # inches: 16:9, 1920 x 1080 at 150 dots an inch
DPI = 150
TITLE, LABEL, TICK = 22, 20, 17  # points

_TEXT, _IMAGE = Modality.TEXT.value, Modality.IMAGE.value


@dataclass(frozen=True)
class Palette:
    """Colours of one theme.

    strong: of lines and areas, for pictures and passages. word: the same hues, with enough contrast for text.
    other_strong, other_word: of other groups, in their order.
    """

    paper: str
    ink: str
    soft: str
    rule: str
    strong: dict[str, str]
    word: dict[str, str]
    other_strong: tuple[str, ...]
    other_word: tuple[str, ...]


PALETTES: dict[Theme, Palette] = {
    "light": Palette(
        paper="#ffffff",
        ink="#12181f",
        soft="#515c69",
        rule="#d7dde4",
        strong={_IMAGE: "#e8590c", _TEXT: "#2f6fd6"},
        word={_IMAGE: "#b5400a", _TEXT: "#1652ad"},
        other_strong=("#0f8a5f", "#9b3fb5", "#a67c00", "#7a5142"),
        other_word=("#0b6b4a", "#7d2a94", "#735600", "#64402f"),
    ),
    "dark": Palette(
        paper="#141b23",
        ink="#edf1f5",
        soft="#a3afbc",
        rule="#2b3541",
        strong={_IMAGE: "#ff8b47", _TEXT: "#5b97f5"},
        word={_IMAGE: "#ffa26b", _TEXT: "#8cb9ff"},
        other_strong=("#3fc493", "#cf83e3", "#dcb43c", "#c29a8a"),
        other_word=("#6ad6ae", "#dca3ec", "#e6c766", "#d6b8ab"),
    ),
}

LineStyle = str | tuple[float, tuple[float, ...]]

LINE: dict[str, LineStyle] = {_TEXT: "-", _IMAGE: (0, (4, 1.6))}
MARKER = {_TEXT: "o", _IMAGE: "^"}
HATCH = {_TEXT: "", _IMAGE: "//"}
MARKER_AREA = {_TEXT: 1.0, _IMAGE: 1.3}  # a triangle looks smaller than a disc of its size

OTHER_LINES: tuple[LineStyle, ...] = ((0, (6, 1.5, 1.2, 1.5)), (0, (1.2, 1.2)), (0, (8, 2)))
OTHER_MARKERS = ("s", "D", "v", "P", "X")
OTHER_HATCHES = ("\\\\", "..", "xx", "++")


@dataclass(frozen=True)
class GroupStyle:
    """How one group is drawn. area: of its marker, relative to a disc."""

    strong: str
    word: str
    line: LineStyle
    marker: str
    hatch: str
    area: float = 1.0


def group_styles(groups: Iterable[str], colours: Palette) -> dict[str, GroupStyle]:
    """The style of each group, in the order of `ordered_groups`; with more than four other groups, colours repeat.

    >>> {group: style.marker for group, style in group_styles(["licences", "image"], palette("light")).items()}
    {'image': '^', 'licences': 's'}
    """
    styles: dict[str, GroupStyle] = {}
    others = 0
    for group in ordered_groups(groups):
        if group in MARKER:
            known = colours.strong[group], colours.word[group], LINE[group], MARKER[group], HATCH[group]
            styles[group] = GroupStyle(*known, MARKER_AREA[group])
            continue
        styles[group] = GroupStyle(
            strong=colours.other_strong[others % len(colours.other_strong)],
            word=colours.other_word[others % len(colours.other_word)],
            line=OTHER_LINES[others % len(OTHER_LINES)],
            marker=OTHER_MARKERS[others % len(OTHER_MARKERS)],
            hatch=OTHER_HATCHES[others % len(OTHER_HATCHES)],
        )
        others += 1
    return styles


def palette(theme: Theme) -> Palette:
    """The colours of a theme. Raises ModgapError for another name.

    >>> palette("light").paper
    '#ffffff'
    """
    if theme not in PALETTES:
        raise ModgapError(f'There is no theme "{theme}". Known: {", ".join(PALETTES)}.')
    return PALETTES[theme]


def panels(count: int, colours: Palette, *, title: str, transparent: bool = False) -> tuple[Figure, list[Axes]]:
    """A figure of `count` panels side by side; it shares no state with other figures.

    transparent: without a background, for slides that have their own.
    """
    layout = ConstrainedLayoutEngine(w_pad=0.25, h_pad=0.2, wspace=0.04)
    figure = Figure(figsize=SIZE, dpi=DPI, layout=layout, facecolor="none" if transparent else colours.paper)
    FigureCanvasAgg(figure)
    figure.suptitle(title, fontsize=TITLE + 3, fontweight="bold", color=colours.ink, x=0.02, ha="left")
    axes = figure.subplots(1, count, squeeze=False)[0].tolist()
    for each in axes:
        style_axes(each, colours)
    return figure, axes


def style_axes(axes: Axes, colours: Palette) -> None:
    """Two spines, subdued ticks, large type."""
    axes.set_facecolor("none")
    axes.tick_params(labelsize=TICK, colors=colours.soft, length=0, pad=8)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(colours.rule)
        spine.set_linewidth(1.5)
    axes.set_axisbelow(True)


def set_titles(axes: Axes, colours: Palette, *, title: str = "", x: str = "", y: str = "") -> None:
    """Title and axis labels of one panel."""
    axes.set_title(title, fontsize=TITLE - 1, color=colours.ink, loc="left", pad=14)
    axes.set_xlabel(x, fontsize=LABEL, color=colours.soft, labelpad=10)
    axes.set_ylabel(y, fontsize=LABEL, color=colours.soft, labelpad=10)
