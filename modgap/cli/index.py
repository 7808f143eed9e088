"""`modgap index`: encode a corpus once, into a folder that every command opens in a moment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from modgap.cli import terminal
from modgap.cli.open_collection import open_collection
from modgap.cli.options import (
    CorpusArgument,
    JsonOption,
    LinesOption,
    ModelNameOption,
    ModelOption,
    NoCacheOption,
)
from modgap.errors import CalibrationError
from modgap.items import counts_in_words


def index(
    corpus: CorpusArgument,
    out: Annotated[Path, typer.Option(help="The index folder; an older one of that name is replaced.")],
    calibrate: Annotated[
        bool, typer.Option("--calibrate/--no-calibrate", help="Calibrate on automatic queries, too.")
    ] = True,
    model: ModelOption = None,
    model_name: ModelNameOption = None,
    lines: LinesOption = False,
    no_cache: NoCacheOption = False,
    as_json: JsonOption = False,
) -> None:
    """Encode a corpus once and write vectors, items and calibration to a folder; every command takes it as CORPUS."""
    uncalibrated = ""
    with open_collection(corpus, model=model, model_name=model_name, lines=lines, no_cache=no_cache) as (
        collection,
        progress,
    ):
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
                "bytes": size,
            }
        )
    else:
        written = f"{counts_in_words(collection.counts)}, {size / 1e6:,.1f} MB"
        terminal.out.print(f"Wrote {escape(str(folder))}: {escape(written)}.", soft_wrap=True, highlight=False)
    if uncalibrated:
        terminal.print_warnings([f"Not calibrated: {uncalibrated}"])
