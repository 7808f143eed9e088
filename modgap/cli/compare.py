"""`modgap compare`: several models side by side on one corpus and the same queries."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer
from rich.markup import escape
from rich.table import Table

import modgap
from modgap.cli import terminal
from modgap.cli.options import CorpusArgument, JsonOption, LinesOption, NoCacheOption, PrecisionOption
from modgap.errors import ModgapError

if TYPE_CHECKING:
    from modgap.evaluation.models_compared import ModelCompared


def compare(
    corpus: CorpusArgument,
    model: Annotated[list[str], typer.Option("--model", help="Two or more: repeat the option.", metavar="NAME")],
    search: Annotated[
        Optional[list[str]],  # noqa: UP045 - typer reads it at run time on Python 3.10
        typer.Option(help="Words to show results of; repeat it. Sentences of the corpus by default.", metavar="WORDS"),
    ] = None,
    labelled: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Labelled queries, to evaluate on, as `modgap evaluate --queries`.", metavar="FILE"),
    ] = None,
    precision: PrecisionOption = "float32",
    lines: LinesOption = False,
    no_cache: NoCacheOption = False,
    html: Annotated[Optional[Path], typer.Option(help="Write a page with all results.", metavar="FILE")] = None,  # noqa: UP045
    as_json: JsonOption = False,
) -> None:
    """Compare models on a corpus: the gap, what calibration changes, and searches side by side."""
    names = list(dict.fromkeys(model))
    if len(names) < 2:
        raise typer.BadParameter("name two models or more.", param_hint="--model")
    asked = modgap.read_queries(labelled) if labelled else None
    read = modgap.read_corpus(corpus, lines=lines)
    if read.vectors is not None:
        raise ModgapError("These are vectors of one model already: compare models on the files that they were made of.")
    from modgap.evaluation.models_compared import compare_models, models_html

    encoders = [modgap.load_encoder(name, precision=precision) for name in names]
    with terminal.cache_and_progress(no_cache=no_cache) as (cache, progress):
        ready = [encoder.with_cache(cache) if cache is not None else encoder for encoder in encoders]
        found = compare_models(read, ready, searches=search or (), labelled=asked, progress=progress)
    if html is not None:
        from modgap.io.atomic_write import write_atomically

        write_atomically(html, models_html(found).encode(), error=ModgapError)
        terminal.log.print(f"Saved to {html}", markup=False)
    if as_json:
        terminal.print_json({"models": [each.to_json() for each in found]})
    else:
        print_models(found)


def print_models(found: Sequence[ModelCompared]) -> None:
    """A row for each model, then the first results of each search."""
    labelled = any(each.evaluation is not None for each in found)
    table = Table(title="Models side by side", title_justify="left")
    for heading in ("model", "dimensions", "seconds", "gap", *(("recall@5 raw", "calibrated") if labelled else ())):
        table.add_column(heading, justify="left" if heading == "model" else "right")
    for each in found:
        gap = "" if each.distance is None else f"{each.distance:.2f}"
        recalls = [f"{each.recall(method):.3f}" for method in ("raw", "calibrated")] if labelled else []
        table.add_row(escape(each.model), str(each.dimension), f"{each.seconds:.1f}", gap, *recalls)
    terminal.out.print(table)
    for each in found:
        if each.gain is not None:
            terminal.out.print(f"{each.model}: {each.gain.sentence}", markup=False, highlight=False)
    for place, (words, _) in enumerate(found[0].searches):
        results = Table(title=f'"{escape(words)}"', title_justify="left")
        for each in found:
            results.add_column(f"{escape(each.model)}, raw")
            results.add_column("calibrated")
        lists = [hits for each in found for hits in (each.searches[place][1].raw, each.searches[place][1].calibrated)]
        for rank in range(max(map(len, lists))):
            results.add_row(*(escape(hits[rank].id) if rank < len(hits) else "" for hits in lists))
        terminal.out.print(results)
