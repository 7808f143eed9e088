"""The web app: search over pictures and passages together, raw and calibrated results side by side.

Bottom-up: `visit/` does the work and keeps the state of each visitor, `components/` shows values, `tabs/` lays out the
page, `api/` serves programs, `page.py` puts them together. Gradio loads when the app is built, not before.
"""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import gradio as gr

    from modgap.ui.visit.app_state import AppState

__all__ = ["build_app", "launch"]


def build_app() -> gr.Blocks:
    """The whole page, ready for `launch` (or for a Space to serve); the model loads in the background from now on."""
    from modgap.io.extras import require_extra

    require_extra("app")
    from modgap.ui.page import build_page

    return build_page()


@contextmanager
def stopped_by_signal() -> Iterator[None]:
    """SIGTERM, which container hosts send, ends the block as Ctrl-C does: requests are answered, folders removed."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop) if threading.current_thread() is threading.main_thread() else None
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)


def launch(
    host: str = "127.0.0.1",
    port: int = 7860,
    share: bool = False,
    *,
    model: str | None = None,
    root_path: str | None = None,
    mcp: bool = False,
    corpus: str | None = None,
    pictures: str = "",
) -> None:
    """Serve the app until interrupted.

    host: "127.0.0.1" for this machine only, "0.0.0.0" for the network. share: a public link through Gradio's relay.
    model: the encoder, a name for `load_encoder`; by default MODGAP_MODEL, else the bundled one. root_path: the path
    under which a proxy serves the app, such as "/modgap". mcp: offer tools to language models, over `corpus` or the
    sample. corpus: with `mcp`, what they search; the URL of a live engine is what visitors search, too. pictures: where
    the pictures of that engine are, an address or an absolute path with "{id}" in it.
    Raises ModgapError when the port is taken, or the app or the MCP server lacks its package.
    """
    from modgap.engines.engine_url import is_engine_url
    from modgap.errors import ModgapError
    from modgap.io.extras import require_extra

    require_extra("app")
    from modgap.ui.api.captions import build_caption_api
    from modgap.ui.api.endpoints import build_api
    from modgap.ui.api.health import health_routes
    from modgap.ui.components.theme import launch_options
    from modgap.ui.page import build_page
    from modgap.ui.visit.logs import configure_logs
    from modgap.ui.visit.model import SharedEncoder, chosen_encoder
    from modgap.ui.visit.sample import KeptSample
    from modgap.ui.visit.warm_up import warm_up

    configure_logs()
    endpoints: list[Callable[[AppState], None]] = [build_api, build_caption_api]
    if mcp:
        from modgap.ui.api.mcp import only_tools, tools_over

        only_tools()
        endpoints.append(tools_over(corpus))
    engine = corpus if corpus is not None and is_engine_url(corpus) else ""
    encoder = SharedEncoder(lambda: chosen_encoder(model), model)
    options = {
        **launch_options(health_routes()),
        "root_path": root_path,
        "mcp_server": mcp,
        "prevent_thread_lock": True,
    }
    sample = KeptSample()
    page = build_page(encoder, endpoints=endpoints, sample=sample, corpus=engine, pictures=pictures)
    with stopped_by_signal():
        try:
            page.launch(server_name=host, server_port=port, share=share, **options)
        except OSError as error:
            raise ModgapError(f"The app cannot be served at {host}:{port} ({error}): choose another --port.") from error
        warm_up(encoder, sample)  # only now: it would hold up the start of the page
        page.block_thread()
    page.close(verbose=False)
