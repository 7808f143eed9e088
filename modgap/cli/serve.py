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
        typer.Option(
            help="The URL of a live engine that visitors search in place of the sample; with --mcp also a corpus of "
            "files, for everyone with access."
        ),
    ] = None,
    pictures: Annotated[
        str,
        typer.Option(help='Where the engine\'s pictures are: an address or an absolute path with "{id}" in it.'),
    ] = "",
) -> None:
    """Start the web app."""
    from modgap import ui
    from modgap.engines.engine_url import is_engine_url

    if corpus is not None and not mcp and not is_engine_url(corpus):
        why = "of files goes with --mcp; in the page each visitor brings a corpus, or all search a live engine."
        raise typer.BadParameter(why, param_hint="--corpus")
    if pictures and not is_engine_url(corpus):
        raise typer.BadParameter("goes with the URL of a live engine in --corpus.", param_hint="--pictures")
    if root_path is not None and not root_path.startswith(("/", "http://", "https://")):
        raise ModgapError(f'--root-path is a path such as /modgap, or a whole address; got "{root_path}".')
    ui.launch(
        host=host,
        port=port,
        share=share,
        model=model,
        root_path=root_path,
        mcp=mcp,
        corpus=corpus,
        pictures=pictures,
    )
