"""`modgap cache info` and `modgap cache clear`: show and delete the vectors that earlier runs computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

import modgap
from modgap.cli import terminal
from modgap.cli.options import JsonOption

if TYPE_CHECKING:
    from modgap.io.vector_cache import CacheInfo

app = typer.Typer(help="Show or delete the vectors that earlier runs computed.", no_args_is_help=True)


@app.command()
def info(as_json: JsonOption = False) -> None:
    """Show the path and size of the cache, and its vectors by model."""
    with modgap.VectorCache() as cache:
        found = cache.info()
    terminal.print_warnings(cache.notes)
    if as_json:
        document = {"path": str(found.path), "bytes": found.bytes, "max_bytes": found.max_bytes}
        terminal.print_json({**document, "vectors": found.vectors, "models": found.models})
    else:
        print_cache_info(found)


@app.command()
def clear(as_json: JsonOption = False) -> None:
    """Delete all cached vectors; the next run computes its own again."""
    with modgap.VectorCache() as cache:
        cleared = cache.clear()
    terminal.print_warnings(cache.notes)
    if as_json:
        terminal.print_json({"path": str(cache.path), "cleared": cleared})
    else:
        terminal.out.print(f"Deleted {cleared:,} vectors ({cache.path}).", markup=False, highlight=False)


def print_cache_info(info: CacheInfo) -> None:
    """Path, vectors and size against the limit, then the vectors of each model."""
    used = f"{info.bytes / 1e6:,.1f} of {info.max_bytes / 1e6:,.0f} MB"
    terminal.out.print(f"{info.path}: {info.vectors:,} vectors, {used}", markup=False, highlight=False)
    for name, count in info.models.items():
        terminal.out.print(f"  {name}  {count:,}", markup=False, highlight=False)
