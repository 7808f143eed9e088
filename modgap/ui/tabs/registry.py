"""The tabs of the app beside the search, each laid out and wired by its own module.

A tab finds its visitor by the session of the request, as every handler does, so it shows what the search has loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import gradio as gr

from modgap.ui.tabs.captions import build_captions
from modgap.ui.tabs.evaluate import build_evaluate
from modgap.ui.tabs.gap import build_gap
from modgap.ui.tabs.take_home import build_take_home
from modgap.ui.visit.app_state import AppState


@dataclass(frozen=True)
class AppTab:
    """A tab. name: in element ids, `mg-tab-NAME`. title: on the tab.

    build: lays the tab out and wires it; `tab.select` fires when a visitor enters.
    """

    name: str
    title: str
    build: Callable[[gr.Tab, AppState], None]


TABS: tuple[AppTab, ...] = (
    AppTab("gap", "The gap", build_gap),
    AppTab("evaluate", "Evaluate", build_evaluate),
    AppTab("captions", "Captions", build_captions),
    AppTab("take_home", "Take it home", build_take_home),
)
"""In the order of the tabs, after the search."""
