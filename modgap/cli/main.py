"""The command line: registers the commands in the order in which people need them; each lives in a file of its name.

`--json` prints one JSON document on stdout; all other messages go to stderr. Exit codes: 0 success, 1 bad input (one
sentence, no traceback), 2 bad usage.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated

import typer

import modgap
from modgap.cli import (
    cache,
    calibrate,
    check,
    compare,
    correlate,
    datasets,
    docs,
    doctor,
    drift,
    evaluate,
    export,
    gap,
    index,
    models,
    push,
    score,
    search,
    serve,
    space,
    train_async,
)
from modgap.errors import ModgapError

_INSPECT = "Check and inspect"
_PANELS: dict[str, tuple[Callable[..., None], ...]] = {
    "Search and evaluate": (
        search.search,
        calibrate.calibrate,
        gap.gap,
        evaluate.evaluate,
        compare.compare,
        index.index,
    ),
    _INSPECT: (check.check, drift.drift, models.models, datasets.datasets, doctor.doctor),
    "Engines": (push.push, export.export),
    "Train": (train_async.train_async,),
    "Captions": (score.score, correlate.correlate),
    "App": (serve.serve, space.space, docs.docs),
}

app = typer.Typer(
    help="One search box over pictures and passages, ranked fairly, with no labels.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _panel, _commands in _PANELS.items():
    for _command in _commands:
        app.command(rich_help_panel=_panel)(_command)
app.add_typer(cache.app, name="cache", rich_help_panel=_INSPECT)


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False) -> None:
    if version:
        typer.echo(modgap.__version__)
        raise typer.Exit


def main() -> None:
    """Entry point: run a command; bad input ends in one sentence on stderr and exit code 1."""
    try:
        app()
    except ModgapError as error:
        typer.echo(f"modgap: {error}", err=True)
        sys.exit(1)
    except ModuleNotFoundError as error:
        from modgap.io.extras import missing_extra

        if (sentence := missing_extra(error)) is None:
            raise
        typer.echo(f"modgap: {sentence}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        typer.echo("modgap: stopped", err=True)
        sys.exit(130)
    except BrokenPipeError:  # `modgap models | head`
        sys.exit(0)
