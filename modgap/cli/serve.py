"""`modgap serve`: start the web app with an operator's settings."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from modgap.cli.options import ModelOption
from modgap.errors import ModgapError


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 7860,
    share: Annotated[bool, typer.Option("--share", help="Make a public link through Gradio.")] = False,
    model: ModelOption = None,
    root_path: Annotated[
        Optional[str],  # noqa: UP045 - typer reads it at run time on Python 3.10
        typer.Option(help="The path under which a proxy shows the app, such as /modgap.", metavar="PATH"),
    ] = None,
    mcp: Annotated[bool, typer.Option("--mcp", help="Also offer search to language models, over MCP.")] = False,
    corpus: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="The corpus or engine that --mcp searches, for everyone with access; the sample by default."),
    ] = None,
) -> None:
    """Start the web app."""
    from modgap import ui

    if corpus is not None and not mcp:
        raise typer.BadParameter("goes with --mcp; in the page each visitor brings a corpus.", param_hint="--corpus")
    if root_path is not None and not root_path.startswith(("/", "http://", "https://")):
        raise ModgapError(f'--root-path is a path such as /modgap, or a whole address; got "{root_path}".')
    ui.launch(host=host, port=port, share=share, model=model, root_path=root_path, mcp=mcp, corpus=corpus)
