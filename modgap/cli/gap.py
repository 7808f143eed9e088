"""`modgap gap`: how far the groups of a corpus lie apart, before and after correction."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer
from rich.markup import escape
from rich.table import Table

import modgap
from modgap.cli import terminal
from modgap.cli.open_collection import open_collection
from modgap.cli.options import (
    CorpusArgument,
    GroupColumnOption,
    IdColumnOption,
    ImageColumnOption,
    JsonOption,
    LinesOption,
    ModelNameOption,
    ModelOption,
    NoCacheOption,
    PlotOption,
    PrecisionOption,
    TextColumnsOption,
    column_choice,
)

if TYPE_CHECKING:
    from modgap.calibration.gap_report import Gap


def gap(
    corpus: CorpusArgument,
    queries: Annotated[
        Optional[Path],  # noqa: UP045 - typer reads it at run time on Python 3.10
        typer.Option(help="Queries for the ranking metrics; generated from the corpus by default."),
    ] = None,
    pair: Annotated[
        Optional[tuple[str, str]],  # noqa: UP045
        typer.Option(help="The two groups to measure, in a corpus of more than two.", metavar="A B"),
    ] = None,
    model: ModelOption = None,
    precision: PrecisionOption = "float32",
    model_name: ModelNameOption = None,
    lines: LinesOption = False,
    text_columns: TextColumnsOption = None,
    image_column: ImageColumnOption = None,
    id_column: IdColumnOption = None,
    group_column: GroupColumnOption = None,
    no_cache: NoCacheOption = False,
    plot: PlotOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure how far the groups of a corpus lie apart, before and after each correction."""
    asked = modgap.read_queries(queries) if queries else None
    with open_collection(
        corpus,
        model=model,
        precision=precision,
        model_name=model_name,
        lines=lines,
        columns=column_choice(text_columns, image_column, id_column, group_column),
        no_cache=no_cache,
    ) as (
        collection,
        progress,
    ):
        measured = collection.gap(asked, pair=pair, progress=progress)
    if as_json:
        terminal.print_json(measured.to_json())
    else:
        print_gap(measured)
    if plot is not None:
        from modgap import plots

        terminal.save_figure(plots.gap_map(collection.sample.vectors, collection.sample.item_groups), plot)


def print_gap(gap: Gap) -> None:
    """One row per metric: its value as encoded and after each method, its better direction, and its meaning.

    With more than two groups the title names the measured pair, and the distances of all groups follow.
    """
    from modgap.metrics.catalogue import GAP_METRICS

    of_pair = f" of {' and '.join(map(escape, gap.pair))}" if gap.distances else ""
    table = Table(title=f"Modality gap{of_pair}: {gap.severity}", title_justify="left")
    table.add_column("metric", no_wrap=True)
    for method in ("as encoded", *gap.after):
        table.add_column(method, justify="right", no_wrap=True)
    table.add_column("better", no_wrap=True)
    table.add_column("what it says")
    for name, metric in GAP_METRICS.items():
        if name in gap.metrics:
            after = [f"{values[name]:.3f}" if name in values else "" for values in gap.after.values()]
            table.add_row(metric.title, f"{gap.metrics[name]:.3f}", *after, metric.good, metric.meaning)
    terminal.out.print(table)
    if gap.distances:
        print_distances(gap.distances)
    for name, reason in gap.left_out.items():
        terminal.log.print(f"{GAP_METRICS[name].title.strip()} is left out: {reason}.")
    terminal.print_warnings(gap.notes)


def print_distances(distances: Mapping[str, Mapping[str, float]]) -> None:
    """The centroid distance of every two groups, {group: {group: distance}}, as a matrix."""
    table = Table(title="Centroid distance of every two groups", title_justify="left")
    table.add_column("group")
    groups = list(dict.fromkeys([*distances, *(other for row in distances.values() for other in row)]))
    for group in groups:
        table.add_column(escape(group), justify="right")
    for group in groups:
        row = distances.get(group, {})
        table.add_row(escape(group), *(f"{row[other]:.3f}" if other in row else "" for other in groups))
    terminal.out.print(table)
