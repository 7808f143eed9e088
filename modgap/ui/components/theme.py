"""The look of the page and the options of its server: colours, type, style sheets, scripts, limits.

The interface is ink on paper; colour means group: orange for pictures, blue for passages, grey for any other (and red
for errors). All fonts come with Gradio: the page loads nothing from anywhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gradio.themes import Base
from gradio.themes.utils.colors import Color
from gradio.themes.utils.fonts import LocalFont
from starlette.middleware import Middleware
from starlette.routing import Route

from modgap.corpus import Limits
from modgap.ui.components.responses import CarefulResponses

STATIC = Path(__file__).resolve().parents[1] / "static"

INK = Color(
    name="ink",
    c50="#f4f6f8",
    c100="#e9edf1",
    c200="#d7dde4",
    c300="#b9c2cc",
    c400="#8a96a3",
    c500="#66727f",
    c600="#4c5763",
    c700="#37414c",
    c800="#232b34",
    c900="#161c23",
    c950="#0d1218",
)


class ModgapTheme(Base):
    """Neutral in light and dark; the accents live in the style sheet."""

    def __init__(self) -> None:
        super().__init__(
            primary_hue=INK,
            secondary_hue=INK,
            neutral_hue=INK,
            font=[LocalFont("IBM Plex Sans", weights=(400, 700)), "sans-serif"],
            font_mono=[LocalFont("IBM Plex Mono", weights=(400, 700)), "monospace"],
        )
        self.name = "modgap"  # weights: the 600 that Gradio ships lacks the Latin letters
        self.set(
            body_background_fill="#f1f4f7",
            body_background_fill_dark="#0c1117",
            body_text_color="#12181f",
            body_text_color_dark="#edf1f5",
            body_text_color_subdued="#515c69",
            body_text_color_subdued_dark="#a3afbc",
            background_fill_primary="#ffffff",
            background_fill_primary_dark="#141b23",
            background_fill_secondary="#f1f4f7",
            background_fill_secondary_dark="#0c1117",
            border_color_primary="#d7dde4",
            border_color_primary_dark="#2b3541",
            block_background_fill="#ffffff",
            block_background_fill_dark="#141b23",
            block_border_width="0px",
            block_shadow="none",
            block_label_background_fill="transparent",
            block_label_background_fill_dark="transparent",
            block_label_border_width="0px",
            block_label_text_color="*body_text_color_subdued",
            block_title_text_color="*body_text_color",
            input_background_fill="#ffffff",
            input_background_fill_dark="#0f151c",
            input_border_width="1px",
            input_border_color="#8a96a3",
            input_border_color_dark="#566270",
            input_border_color_focus="#12181f",
            input_border_color_focus_dark="#edf1f5",
            input_placeholder_color="#66727f",
            input_placeholder_color_dark="#8a96a3",
            button_primary_background_fill="#12181f",
            button_primary_background_fill_dark="#edf1f5",
            button_primary_background_fill_hover="#37414c",
            button_primary_background_fill_hover_dark="#ffffff",
            button_primary_text_color="#ffffff",
            button_primary_text_color_dark="#0c1117",
            button_secondary_background_fill="#ffffff",
            button_secondary_background_fill_dark="#1d2630",
            button_secondary_background_fill_hover="#e9edf1",
            button_secondary_background_fill_hover_dark="#2b3541",
            button_secondary_text_color="#12181f",
            button_secondary_text_color_dark="#edf1f5",
            button_secondary_border_color="#b9c2cc",
            button_secondary_border_color_dark="#3a4653",
            button_border_width="1px",
            button_large_text_weight="700",
            button_medium_text_weight="700",
            button_small_text_weight="700",
            block_title_text_weight="700",
            prose_header_text_weight="700",
            slider_color="#12181f",
            slider_color_dark="#edf1f5",
            checkbox_background_color_selected="#12181f",
            checkbox_background_color_selected_dark="#66727f",
            loader_color="#12181f",
            loader_color_dark="#edf1f5",
            color_accent="#12181f",
            color_accent_soft="#e9edf1",
            color_accent_soft_dark="#232b34",
        )


def static(name: str) -> str:
    """The text of a file in `static/`."""
    return (STATIC / name).read_text(encoding="utf-8")


SCRIPTS = ("page.js", "moving.js", "why.js", "keys.js", "presenter.js", "tabs.js", "map.js", "link.js")


def launch_options(routes: Sequence[Route] = ()) -> dict[str, Any]:
    """The arguments of `Blocks.launch` besides host and port, the same on every host. routes: beside Gradio's."""
    return {
        "theme": ModgapTheme(),
        "css": "".join(map(static, ("page.css", "cards.css", "captions.css", "tabs.css", "presenter.css"))),
        "head": f"<script>{''.join(map(static, SCRIPTS))}</script>",
        "favicon_path": STATIC / "favicon.png",
        "max_file_size": Limits.for_strangers().file_bytes,
        "run_history": False,  # a visitor's files and searches stay out of the browser's storage
        "enable_monitoring": False,
        "show_error": False,
        "footer_links": [],
        "ssr_mode": False,
        "pwa": False,
        "state_session_capacity": 64,
        "mcp_server": False,  # by choice only (`modgap.ui.api.mcp`), whatever GRADIO_MCP_SERVER says
        "app_kwargs": {"middleware": [Middleware(CarefulResponses)], "routes": list(routes)},
    }
