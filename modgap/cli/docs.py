"""`modgap docs`: open the documentation that came with this installation."""

from __future__ import annotations

import webbrowser
from typing import Annotated

import typer

from modgap.errors import ModgapError
from modgap.io.assets import asset_path

_MISSING = (
    "This installation came without its documentation: in a checkout `make docs` builds it, and docs/ has the same "
    "pages as text."
)


def docs(
    only_path: Annotated[bool, typer.Option("--path", help="Print where the pages are, and open nothing.")] = False,
) -> None:
    """Open the documentation in the browser; it needs no network."""
    try:
        page = asset_path("docs", "index.html")
    except ModgapError as error:
        raise ModgapError(_MISSING) from error
    if only_path or not webbrowser.open(page.as_uri()):
        typer.echo(page)
