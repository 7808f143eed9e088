"""`modgap index`: encode a corpus once, into a folder that every command opens in a moment."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Optional

import typer
from rich.markup import escape

from modgap.cli import terminal
from modgap.cli.on_ray import RayAddressOption, RayOption, encoded_on_ray, require_ray
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
    PrecisionOption,
    TextColumnsOption,
    column_choice,
    require_known,
)
from modgap.errors import CalibrationError
from modgap.items import counts_in_words

INDEXES = ("exact", "hnsw")  # a literal, so that `--help` imports no engine
MANY_ITEMS = 200_000


def index(
    corpus: CorpusArgument,
    out: Annotated[Path, typer.Option(help="The index folder; an older one of that name is replaced.")],
    calibrate: Annotated[
        bool, typer.Option("--calibrate/--no-calibrate", help="Calibrate on automatic queries, too.")
    ] = True,
    max_items: Annotated[int, typer.Option(help="Items that are read at most.", min=1)] = 1_000_000,
    max_gb: Annotated[float, typer.Option(help="Gigabytes of vectors that are read at most.", min=0.001)] = 4.0,
    model: ModelOption = None,
    precision: PrecisionOption = "float32",
    model_name: ModelNameOption = None,
    lines: LinesOption = False,
    text_columns: TextColumnsOption = None,
    image_column: ImageColumnOption = None,
    id_column: IdColumnOption = None,
    group_column: GroupColumnOption = None,
    no_cache: NoCacheOption = False,
    index: Annotated[
        Optional[str],  # noqa: UP045 - typer reads it at run time on Python 3.10
        typer.Option(
            help="exact, or hnsw: approximate, for more than 200,000 items; exact by default, and for an index folder "
            "what it has.",
            metavar="NAME",
        ),
    ] = None,
    ray: RayOption = False,
    ray_address: RayAddressOption = None,
    as_json: JsonOption = False,
) -> None:
    """Encode a corpus once and write vectors, items and calibration to a folder; every command takes it as CORPUS."""
    from modgap.corpus import Limits

    if index is not None:
        require_known(index, INDEXES, noun="index", option="--index")
    require_ray(ray, ray_address)
    if ray and model_name is not None:
        raise typer.BadParameter("names the model of vectors, and --ray encodes files.", param_hint="--model-name")
    limits = Limits(items=max_items, table_rows=max_items, vector_bytes=int(max_gb * 1e9))
    uncalibrated = ""
    if ray:
        opened = encoded_on_ray(
            corpus,
            out,
            ray_address,
            model=model,
            precision=precision,
            lines=lines,
            columns=column_choice(text_columns, image_column, id_column, group_column),
            no_cache=no_cache,
            limits=limits,
        )
    else:
        opened = open_collection(
            corpus,
            model=model,
            precision=precision,
            model_name=model_name,
            lines=lines,
            columns=column_choice(text_columns, image_column, id_column, group_column),
            no_cache=no_cache,
            limits=limits,
        )
    with opened as (collection, progress):
        if index is not None:
            collection.with_index(index, progress=progress)
        if calibrate:
            try:
                collection.calibrate(progress=progress)
            except CalibrationError as error:
                uncalibrated = str(error)
        folder = collection.save(out)
    size = sum(path.stat().st_size for path in folder.iterdir())
    if as_json:
        terminal.print_json(
            {
                "folder": str(folder),
                "model": collection.model,
                "dimension": collection.dimension,
                "counts": collection.counts,
                "fingerprint": collection.fingerprint,
                "calibrated": collection.calibration is not None,
                "index": collection.index,
                "recall": [asdict(each) for each in collection.recall],
                "bytes": size,
            }
        )
    else:
        written = f"{counts_in_words(collection.counts)}, {size / 1e6:,.1f} MB"
        terminal.out.print(f"Wrote {escape(str(folder))}: {escape(written)}.", soft_wrap=True, highlight=False)
    terminal.print_recall(collection)
    if collection.index == "exact" and sum(collection.counts.values()) > MANY_ITEMS:
        terminal.log.print(f"More than {MANY_ITEMS:,} items: --index hnsw answers in milliseconds.", highlight=False)
    if uncalibrated:
        terminal.print_warnings([f"Not calibrated: {uncalibrated}"])
