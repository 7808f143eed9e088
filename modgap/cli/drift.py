"""`modgap drift`: do new queries still follow the distribution that a calibration was fitted on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

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
    PrecisionOption,
    TextColumnsOption,
    column_choice,
)

if TYPE_CHECKING:
    from modgap.calibration.drift import Drift


def drift(
    corpus: CorpusArgument,
    calibration: Annotated[Path, typer.Option(help="The saved calibration of this corpus.")],
    queries: Annotated[Path, typer.Option(help="New queries: one per line, .jsonl, or vectors (.npz).")],
    model: ModelOption = None,
    precision: PrecisionOption = "float32",
    model_name: ModelNameOption = None,
    lines: LinesOption = False,
    text_columns: TextColumnsOption = None,
    image_column: ImageColumnOption = None,
    id_column: IdColumnOption = None,
    group_column: GroupColumnOption = None,
    no_cache: NoCacheOption = False,
    as_json: JsonOption = False,
) -> None:
    """Test whether new queries have left the distribution that was calibrated."""
    asked, loaded = modgap.read_queries(queries), modgap.Calibration.load(calibration)
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
        collection.use(loaded)
        found = collection.drift(asked, progress=progress)
    if as_json:
        drifted = any(each.drifted for each in found)
        terminal.print_json({"drifted": drifted, "pairs": [each.to_json() for each in found]})
    else:
        print_drift(found)


def print_drift(drifts: Sequence[Drift]) -> None:
    """One sentence for each pair of query modality and group."""
    for each in drifts:
        terminal.out.print(each.sentence, markup=False, highlight=False)
