"""Figures as files; imports nothing heavy, so that a wrong file name is reported before any work."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from modgap.errors import ModgapError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SUFFIXES = (".png", ".svg")


def figure_path(path: str | Path) -> Path:
    """The path, if it ends in .png or .svg. Raises ModgapError for another ending.

    >>> figure_path("map.svg").name
    'map.svg'
    """
    path = Path(path).expanduser()
    if path.suffix.lower() not in SUFFIXES:
        raise ModgapError(f'A figure is written as {" or ".join(SUFFIXES)}, and "{path.name}" is neither.')
    return path


def save(figure: Figure, path: str | Path) -> Path:
    """Write the figure as .png or .svg. Raises ModgapError for another ending or a place that cannot be written."""
    path = figure_path(path)
    metadata = {"Date": None} if path.suffix.lower() == ".svg" else None  # the same figure is the same file on any day
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, metadata=metadata)
    except OSError as error:
        raise ModgapError(f"{path} cannot be written: {error.strerror or error}.") from error
    return path
