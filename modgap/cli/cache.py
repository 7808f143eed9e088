"""`modgap cache info` and `modgap cache clear`: what the vector cache holds, and forgetting it."""

from __future__ import annotations

import typer

import modgap
from modgap.cli.options import JsonOption

app = typer.Typer(help="The vectors that earlier runs computed: look at them, or forget them.", no_args_is_help=True)


@app.command()
def info(as_json: JsonOption = False) -> None:
    """Say where the cache lies, how large it is and whose vectors it holds."""
    from modgap.cli import terminal

    with modgap.VectorCache() as cache:
        found = cache.info()
    terminal.print_warnings(cache.notes)
    if as_json:
        document = {"path": str(found.path), "bytes": found.bytes, "max_bytes": found.max_bytes}
        terminal.print_json({**document, "vectors": found.vectors, "models": found.models})
    else:
        terminal.print_cache_info(found)


@app.command()
def clear(as_json: JsonOption = False) -> None:
    """Forget all vectors; the next run computes its own again."""
    from modgap.cli import terminal

    with modgap.VectorCache() as cache:
        cleared = cache.clear()
    terminal.print_warnings(cache.notes)
    if as_json:
        terminal.print_json({"path": str(cache.path), "cleared": cleared})
    else:
        terminal.out.print(f"Forgot {cleared:,} vectors ({cache.path}).", markup=False, highlight=False)
