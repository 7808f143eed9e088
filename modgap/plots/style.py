"""How every figure looks: the colours of the app, type that a back row can read, two themes.

Colour means modality and nothing else: orange for pictures, blue for passages. They stay apart for colour-blind eyes;
for greyscale each modality also has a line style, a marker and a hatch of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from modgap.errors import ModgapError
from modgap.items import Modality

Theme = Literal["light", "dark"]

SIZE = (12.8, 7.2)  # inches: 16:9, 1920 x 1080 at 150 dots an inch
DPI = 150
TITLE, LABEL, TICK = 22, 20, 17  # points


@dataclass(frozen=True)
class Palette:
    """Colours of one theme. strong: lines and areas by modality; word: the same hue, dark or light enough for text."""

    paper: str
    ink: str
    soft: str
    rule: str
    strong: dict[Modality, str]
    word: dict[Modality, str]


PALETTES: dict[Theme, Palette] = {
    "light": Palette(
        paper="#ffffff",
        ink="#12181f",
        soft="#515c69",
        rule="#d7dde4",
        strong={Modality.IMAGE: "#e8590c", Modality.TEXT: "#2f6fd6"},
        word={Modality.IMAGE: "#b5400a", Modality.TEXT: "#1652ad"},
    ),
    "dark": Palette(
        paper="#141b23",
        ink="#edf1f5",
        soft="#a3afbc",
        rule="#2b3541",
        strong={Modality.IMAGE: "#ff8b47", Modality.TEXT: "#5b97f5"},
        word={Modality.IMAGE: "#ffa26b", Modality.TEXT: "#8cb9ff"},
    ),
}

LINE = {Modality.TEXT: "-", Modality.IMAGE: (0, (4, 1.6))}
MARKER = {Modality.TEXT: "o", Modality.IMAGE: "^"}
HATCH = {Modality.TEXT: "", Modality.IMAGE: "//"}


def palette(theme: Theme) -> Palette:
    """The colours of a theme. Raises ModgapError for another name.

    >>> palette("light").paper
    '#ffffff'
    """
    if theme not in PALETTES:
        raise ModgapError(f'There is no theme "{theme}". Known: {", ".join(PALETTES)}.')
    return PALETTES[theme]


def panels(count: int, colours: Palette, *, title: str, transparent: bool = False) -> tuple[Figure, list[Axes]]:
    """A figure of `count` panels side by side; no state is shared with any other figure.

    transparent: no paper, for slides that have a ground of their own.
    """
    layout = ConstrainedLayoutEngine(w_pad=0.25, h_pad=0.2, wspace=0.04)
    figure = Figure(figsize=SIZE, dpi=DPI, layout=layout, facecolor="none" if transparent else colours.paper)
    FigureCanvasAgg(figure)
    figure.suptitle(title, fontsize=TITLE + 3, fontweight="bold", color=colours.ink, x=0.02, ha="left")
    axes = figure.subplots(1, count, squeeze=False)[0].tolist()
    for each in axes:
        plain(each, colours)
    return figure, axes


def plain(axes: Axes, colours: Palette) -> None:
    """Two spines, quiet ticks, large type."""
    axes.set_facecolor("none")
    axes.tick_params(labelsize=TICK, colors=colours.soft, length=0, pad=8)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(colours.rule)
        spine.set_linewidth(1.5)
    axes.set_axisbelow(True)


def say(axes: Axes, colours: Palette, *, title: str = "", x: str = "", y: str = "") -> None:
    """Title and axis labels of one panel."""
    axes.set_title(title, fontsize=TITLE - 1, color=colours.ink, loc="left", pad=14)
    axes.set_xlabel(x, fontsize=LABEL, color=colours.soft, labelpad=10)
    axes.set_ylabel(y, fontsize=LABEL, color=colours.soft, labelpad=10)
