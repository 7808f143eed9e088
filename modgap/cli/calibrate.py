"""`modgap calibrate`: fit the statistics of a corpus from unlabelled queries, or add queries to a saved calibration."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer
from rich.markup import escape
from rich.table import Table

import modgap
from modgap.cli import terminal
from modgap.cli.on_ray import RayAddressOption, RayOption, opened_on_ray, require_ray
from modgap.cli.open_collection import open_collection
from modgap.cli.options import (
    AsyncOption,
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
    from modgap.calibration import Calibration


def calibrate(
    corpus: CorpusArgument,
    queries: Annotated[
        Optional[Path],  # noqa: UP045 - typer reads it at run time on Python 3.10
        typer.Option(help="Queries: one per line, .jsonl, or vectors (.npz); generated from the corpus by default."),
    ] = None,
    update: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Merge --queries into this calibration instead of making a new one.", metavar="CALIBRATION"),
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
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Output file; by default the --update file, or calibration.json."),
    ] = None,
    async_weights: AsyncOption = None,
    plot: PlotOption = None,
    ray: RayOption = False,
    ray_address: RayAddressOption = None,
    as_json: JsonOption = False,
) -> None:
    """Learn a mean and a deviation for each group of a corpus, without labels, and save them."""
    if update is not None and queries is None:
        raise typer.BadParameter("needs --queries, the new queries to merge.", param_hint="--update")
    if update is not None and async_weights is not None:
        raise typer.BadParameter("an updated calibration keeps its weights: calibrate again.", param_hint="--async")
    require_ray(ray, ray_address)
    if ray and (async_weights is not None or model_name is not None or lines):
        raise typer.BadParameter("takes an index folder; no --async, --model-name or --lines.", param_hint="--ray")
    out = out or update or Path("calibration.json")
    asked = modgap.read_queries(queries) if queries else None
    earlier = modgap.Calibration.load(update) if update else None
    if ray:
        opened = opened_on_ray(corpus, ray_address, model=model, precision=precision, no_cache=no_cache)
    else:
        opened = open_collection(
            corpus,
            model=model,
            precision=precision,
            model_name=model_name,
            lines=lines,
            columns=column_choice(text_columns, image_column, id_column, group_column),
            no_cache=no_cache,
            async_weights=async_weights,
        )
    with opened as (collection, progress):
        if earlier is not None and asked is not None:
            collection.use(earlier)
            calibration = collection.update(asked, progress=progress)
        else:
            calibration = collection.calibrate(asked, progress=progress)
        calibration.save(out)
        gain = None if as_json else collection.gain()
    if as_json:
        terminal.print_warnings(calibration.warnings())
        terminal.print_json(calibration.to_json())
    else:
        print_calibration(calibration)
        if gain is not None:
            terminal.out.print(gain.sentence, markup=False, highlight=False)
    terminal.print_recall(collection)
    terminal.log.print(f"Saved to {out}", markup=False)
    if plot is not None:
        from modgap import plots

        terminal.save_figure(plots.density_figure(calibration), plot)


def print_calibration(calibration: Calibration) -> None:
    """The statistics of each query modality and group as a table; the origin of the queries on stderr."""
    table = Table(title="Best scores of each query (cosine)", title_justify="left")
    for heading in ("queries", "items", "mean", "95 % interval", "deviation", "95 % interval", "n"):
        table.add_column(heading, justify="left" if heading in ("queries", "items") else "right")
    for query_modality, by_group in calibration.statistics.items():
        for group, s in by_group.items():
            table.add_row(
                query_modality,
                escape(group),
                f"{s.mean:.4f}",
                f"{s.mean_ci95.low:.4f} to {s.mean_ci95.high:.4f}",
                f"{s.std:.4f}",
                f"{s.std_ci95.low:.4f} to {s.std_ci95.high:.4f}",
                str(s.n),
            )
    terminal.out.print(table)
    for query_modality, source in calibration.queries.items():
        terminal.log.print(f"{query_modality} queries: {source.count}, {source.kind} ({escape(source.description)})")
    terminal.print_warnings(calibration.warnings())
