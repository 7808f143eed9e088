"""The command line: wiring and words, no arithmetic.

`--json` prints one JSON document on stdout; everything else that is said goes to stderr. Exit codes: 0 done, 1 bad
input (one sentence, no traceback), 2 bad usage.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Optional

import typer

import modgap
from modgap.cli import cache as cache_commands
from modgap.cli import datasets as dataset_commands
from modgap.cli import evaluate as evaluate_command
from modgap.cli import score as caption_commands
from modgap.cli import serve as serve_command
from modgap.cli import train_async as async_commands
from modgap.cli.open_collection import encoded
from modgap.cli.options import (
    METHODS_HELP,
    AsyncOption,
    CorpusArgument,
    JsonOption,
    LinesOption,
    ModelOption,
    NoCacheOption,
    PlotOption,
)
from modgap.errors import ModgapError

app = typer.Typer(
    help="One search box over pictures and passages, ranked fairly, with no labels.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(cache_commands.app, name="cache")
app.command()(async_commands.train_async)
app.command()(evaluate_command.evaluate)
app.command()(dataset_commands.datasets)
app.command()(serve_command.serve)
app.command()(caption_commands.score)
app.command()(caption_commands.correlate)


@app.callback(invoke_without_command=True)
def _root(version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False) -> None:
    if version:
        typer.echo(modgap.__version__)
        raise typer.Exit


@app.command()
def calibrate(
    corpus: CorpusArgument,
    queries: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Queries, one a line, or .jsonl, or vectors .npz; automatic ones if left out."),
    ] = None,
    update: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Fold --queries into this calibration in place of starting anew.", metavar="CALIBRATION"),
    ] = None,
    model: ModelOption = None,
    lines: LinesOption = False,
    no_cache: NoCacheOption = False,
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Where it is written: the --update file if left out, else calibration.json."),
    ] = None,
    async_weights: AsyncOption = None,
    plot: PlotOption = None,
    as_json: JsonOption = False,
) -> None:
    """Learn the four statistics of a corpus, with no labels, and save them."""
    from modgap.cli import terminal

    if update is not None and queries is None:
        raise typer.BadParameter("needs --queries, the new queries to fold in.", param_hint="--update")
    if update is not None and async_weights is not None:
        raise typer.BadParameter("an updated calibration keeps its weights: calibrate anew.", param_hint="--async")
    out = out or update or Path("calibration.json")
    with terminal.vector_cache(off=no_cache) as cache, terminal.progress_bars() as progress:
        asked = modgap.read_queries(queries) if queries else None
        earlier = modgap.Calibration.load(update) if update else None
        collection = encoded(corpus, model, cache, progress, lines=lines, async_weights=async_weights)
        if earlier is not None and asked is not None:
            collection.use(earlier)
            calibration = collection.update(asked, progress=progress)
        else:
            calibration = collection.calibrate(asked, progress=progress)
        calibration.save(out)
    terminal.print_corpus(collection)
    if as_json:
        terminal.print_warnings(calibration.warnings())
        terminal.print_json(calibration.to_json())
    else:
        terminal.print_calibration(calibration)
    terminal.log.print(f"Saved to {out}", markup=False)
    if plot is not None:
        from modgap import plots

        _save(plots.density_figure(calibration), plot)


@app.command()
def drift(
    corpus: CorpusArgument,
    calibration: Annotated[Path, typer.Option(help="The saved calibration of this corpus.")],
    queries: Annotated[Path, typer.Option(help="New queries, one a line, or .jsonl, or vectors .npz.")],
    model: ModelOption = None,
    lines: LinesOption = False,
    no_cache: NoCacheOption = False,
    as_json: JsonOption = False,
) -> None:
    """Ask whether new queries have left the distribution that was calibrated."""
    from modgap.cli import terminal

    with terminal.vector_cache(off=no_cache) as cache, terminal.progress_bars() as progress:
        asked, loaded = modgap.read_queries(queries), modgap.Calibration.load(calibration)
        collection = encoded(corpus, model, cache, progress, lines=lines)
        collection.use(loaded)
        found = collection.drift(asked, progress=progress)
    terminal.print_corpus(collection)
    if as_json:
        terminal.print_json({"drifted": any(each.drifted for each in found), "pairs": [d.to_json() for d in found]})
    else:
        terminal.print_drift(found)


@app.command()
def search(
    corpus: CorpusArgument,
    query: Annotated[str, typer.Argument(help="Words, or @picture.jpg; for vectors @queries.npz:id.", metavar="QUERY")],
    calibration: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="A saved calibration; without it the corpus is calibrated on the spot."),
    ] = None,
    method: Annotated[str, typer.Option(help=f"{METHODS_HELP}; a+b stacks two.", metavar="NAME")] = "standardized",
    async_weights: AsyncOption = None,
    k: Annotated[int, typer.Option("-k", help="How many results.", min=1)] = 10,
    model: ModelOption = None,
    lines: LinesOption = False,
    no_cache: NoCacheOption = False,
    as_json: JsonOption = False,
) -> None:
    """Search a corpus for words or for a picture."""
    from modgap.cli import terminal
    from modgap.corpus import parse_query
    from modgap.methods import method_by_name

    method_by_name(method)  # an unknown one is told before anything is encoded
    with terminal.vector_cache(off=no_cache) as cache, terminal.progress_bars() as progress:
        asked = parse_query(query)
        loaded = modgap.Calibration.load(calibration) if calibration else None
        if loaded is not None and loaded.normalisers is not None and async_weights is not None:
            raise typer.BadParameter("the calibration has weights of its own: leave one out.", param_hint="--async")
        collection = encoded(corpus, model, cache, progress, lines=lines, async_weights=async_weights)
        if loaded is not None:
            collection.use(loaded)
        hits = collection.search(asked, k, method=method)
    terminal.print_corpus(collection)
    if as_json:
        terminal.print_json({"query": query, "method": method, "hits": [hit.as_dict() for hit in hits]})
    else:
        terminal.print_hits(collection, hits)


@app.command()
def gap(
    corpus: CorpusArgument,
    queries: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Queries for the metrics of rankings; automatic ones if left out."),
    ] = None,
    model: ModelOption = None,
    lines: LinesOption = False,
    no_cache: NoCacheOption = False,
    plot: PlotOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure how far pictures and passages lie apart, before and after each cure."""
    from modgap.cli import terminal

    with terminal.vector_cache(off=no_cache) as cache, terminal.progress_bars() as progress:
        asked = modgap.read_queries(queries) if queries else None
        collection = encoded(corpus, model, cache, progress, lines=lines)
        measured = collection.gap(asked, progress=progress)
    terminal.print_corpus(collection)
    if as_json:
        terminal.print_json(measured.to_json())
    else:
        terminal.print_gap(measured)
    if plot is not None:
        from modgap import plots

        _save(plots.gap_map(collection.vectors, collection.modality), plot)


@app.command()
def export(
    calibration: Annotated[Path, typer.Argument(help="A file of `modgap calibrate`.", metavar="CALIBRATION")],
    to: Annotated[str, typer.Option(help="python, opensearch, qdrant, milvus or sql.", metavar="ENGINE")],
    query_modality: Annotated[str, typer.Option(help="What is searched with: text or image.")] = "text",
) -> None:
    """Print the standardization as another engine writes it, with the numbers of this calibration."""
    from modgap.engines import snippets as engines

    typer.echo(engines.export(modgap.Calibration.load(calibration).numbers(query_modality), to))


@app.command()
def check(corpus: CorpusArgument, lines: LinesOption = False, as_json: JsonOption = False) -> None:
    """Read a corpus, open every picture, and say what can be used, what cannot and why, and what looks alike."""
    from modgap.cli import terminal
    from modgap.corpus import SafeDecoder
    from modgap.corpus.near_identical import checked

    with terminal.progress_bars() as progress, SafeDecoder() as decoder:
        report = checked(modgap.read_corpus(corpus, lines=lines), decoder.open_picture, progress=progress)
    if as_json:
        terminal.print_json(report.to_json())
    else:
        terminal.out.print(f"{terminal.in_words(report.read)} can be read.")
        terminal.print_report(report)


@app.command()
def models(as_json: JsonOption = False) -> None:
    """List the models that --model takes: the bundled one, and open_clip's by NAME/TAG."""
    from modgap.cli import terminal
    from modgap.encoders import known_models

    found = known_models()
    if as_json:
        terminal.print_json([{"name": info.name, "source": info.source} for info in found])
    else:
        for info in found:
            terminal.out.print(f"{info.name}  ({info.source})", markup=False, highlight=False)


def _save(figure, path: Path) -> None:
    from modgap.cli import terminal
    from modgap.plots import save

    terminal.log.print(f"Drawn into {save(figure, path)}", markup=False)


def main() -> None:
    """Entry point: run a command; bad input ends in one sentence on stderr and exit code 1."""
    try:
        app()
    except ModgapError as error:
        typer.echo(f"modgap: {error}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        typer.echo("modgap: stopped", err=True)
        sys.exit(130)
    except BrokenPipeError:  # `modgap models | head`
        sys.exit(0)
