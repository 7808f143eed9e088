"""`modgap export`: the standardization of one calibration in the language of a search engine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import modgap
from modgap.cli.options import require_known
from modgap.items import Modality


def export(
    calibration: Annotated[Path, typer.Argument(help="A file from `modgap calibrate`.", metavar="CALIBRATION")],
    to: Annotated[str, typer.Option(help="python, opensearch, qdrant, milvus or sql.", metavar="ENGINE")],
    query_modality: Annotated[
        str, typer.Option(help="The modality of the queries: text or image.", metavar="MODALITY")
    ] = Modality.TEXT.value,
) -> None:
    """Print the standardization for another search engine, with the numbers of this calibration."""
    from modgap.engines import snippets

    require_known(to, snippets.ENGINES, noun="engine", option="--to")
    require_known(query_modality, [each.value for each in Modality], noun="query modality", option="--query-modality")
    typer.echo(snippets.export(modgap.Calibration.load(calibration).numbers(query_modality), to))
