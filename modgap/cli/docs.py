"""`modgap docs`: the documentation that came with this installation, served to this machine's browser."""

from __future__ import annotations

import webbrowser
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Annotated, Any

import typer

from modgap.errors import ModgapError
from modgap.io.assets import asset_path

_MISSING = (
    "This installation came without its documentation: in a checkout `make docs` builds it, and docs/ has the same "
    "pages as text."
)


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files without a line for each."""

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing is printed."""


def docs(
    port: Annotated[int, typer.Option(help="Port to serve it on; 0 for any.", min=0, max=65535)] = 0,
    only_path: Annotated[bool, typer.Option("--path", help="Print where the pages are, and open nothing.")] = False,
) -> None:
    """Open the documentation in the browser, without network, until Ctrl-C."""
    try:
        folder = asset_path("docs", "index.html").parent
    except ModgapError as error:
        raise ModgapError(_MISSING) from error
    if only_path:
        typer.echo(folder / "index.html")
        return
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Quiet, directory=str(folder)))
    except OSError as error:
        raise ModgapError(f"Port {port} cannot be used ({error.strerror or error}): choose another --port.") from error
    with server:
        address = f"http://127.0.0.1:{server.server_port}/index.html"
        typer.echo(f"The documentation is at {address}; Ctrl-C ends it.")
        webbrowser.open(address)
        server.serve_forever()
