"""The rooms of the app beside the search: each a tab of its own, laid out and wired by its own file.

A room finds its visitor by the session of the request, as every handler does, so it shows what the search has loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import gradio as gr

from modgap.corpus import SafeDecoder
from modgap.ui.visit.model import Models, SharedEncoder
from modgap.ui.visit.sample import KeptSample
from modgap.ui.visit.session import Visits


@dataclass(frozen=True)
class AppState:
    """What the handlers of all rooms work with.

    encoder: the operator's model. visits: what belongs to each visitor. sample: as its first visitor encoded it.
    decoder: opens the pictures of strangers; its processes start with the first picture that a visitor brings.
    models: what a visitor may choose for the next corpus instead of `encoder`.
    """

    encoder: SharedEncoder
    visits: Visits
    sample: KeptSample
    decoder: SafeDecoder
    models: Models


@dataclass(frozen=True)
class Room:
    """A tab. name: in element ids, `mg-room-NAME`. title: on the tab.

    build: lays the room out inside its tab and wires it; `tab.select` is when a visitor enters.
    """

    name: str
    title: str
    build: Callable[[gr.Tab, AppState], None]


def _gap(tab: gr.Tab, shared: AppState) -> None:
    from modgap.ui.tabs.gap import build_gap_room

    build_gap_room(tab, shared)


def _evaluate(tab: gr.Tab, shared: AppState) -> None:
    from modgap.ui.tabs.evaluate import build_evaluate_room

    build_evaluate_room(tab, shared)


def _captions(tab: gr.Tab, shared: AppState) -> None:
    from modgap.ui.tabs.captions import build_captions

    build_captions(tab, shared)


def _take_home(tab: gr.Tab, shared: AppState) -> None:
    from modgap.ui.tabs.take_home import build_take_home_room

    build_take_home_room(tab, shared)


ROOMS: tuple[Room, ...] = (
    Room("gap", "The gap", _gap),
    Room("evaluate", "Evaluate", _evaluate),
    Room("captions", "Captions", _captions),
    Room("take_home", "Take it home", _take_home),
)
"""In the order of the tabs, after the search."""
