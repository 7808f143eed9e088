"""The web app: search over pictures and passages together, raw and standardized results side by side.

One file is one part of the page; `page.py` puts them together, `session.py` keeps what belongs to one visitor.
Gradio loads when the app is built, not before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import gradio as gr

__all__ = ["build_app", "launch"]


def build_app() -> gr.Blocks:
    """The whole page, ready for `launch` (or for a Space to serve); the model loads in the background from now on."""
    from modgap.ui.page import build_page

    return build_page()


def launch(host: str = "127.0.0.1", port: int = 7860, share: bool = False) -> None:
    """Serve the app until interrupted.

    host: "127.0.0.1" for this machine only, "0.0.0.0" for the network. share: a public link through Gradio's relay.
    Raises ModgapError when the port is taken.
    """
    from modgap.errors import ModgapError
    from modgap.ui.theme import launch_options

    try:
        build_app().launch(server_name=host, server_port=port, share=share, **launch_options())
    except OSError as error:
        raise ModgapError(f"The app cannot be served at {host}:{port} ({error}): choose another --port.") from error
