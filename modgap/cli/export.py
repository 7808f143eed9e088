"""`modgap export`: the standardization of one calibration in the language of a search engine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

import modgap
from modgap.cli.options import require_known
from modgap.items import Modality


def export(
    calibration: Annotated[Path, typer.Argument(help="A file from `modgap calibrate`.", metavar="CALIBRATION")],
    to: Annotated[
        str,
        typer.Option(
            help="python, pgvector, milvus, qdrant, opensearch, opensearch-pipeline, elasticsearch, weaviate, "
            "vespa, mongodb, lancedb or sql.",
            metavar="ENGINE",
        ),
    ],
    query_modality: Annotated[
        str, typer.Option(help="The modality of the queries: text or image.", metavar="MODALITY")
    ] = Modality.TEXT.value,
    table: Annotated[
        str, typer.Option("--table", "--collection", help="Table, collection or index.", metavar="NAME")
    ] = "items",
    key: Annotated[str, typer.Option("--id", help="Field of the ids.", metavar="NAME")] = "id",
    vector: Annotated[
        Optional[str],  # noqa: UP045 - typer reads it at run time on Python 3.10
        typer.Option(help="Field of the vectors; by default the engine's usual name.", metavar="NAME"),
    ] = None,
    group: Annotated[str, typer.Option(help="Field of the groups.", metavar="NAME")] = "modality",
    k: Annotated[int, typer.Option("-k", help="Number of results.", min=1)] = 10,
) -> None:
    """Print the standardization for another search engine, with the numbers of this calibration."""
    from modgap.engines import snippets

    require_known(to, snippets.ENGINES, noun="engine", option="--to")
    require_known(query_modality, [each.value for each in Modality], noun="query modality", option="--query-modality")
    names = snippets.Names(table=table, id=key, vector=vector, group=group, k=k)
    typer.echo(snippets.export(modgap.Calibration.load(calibration).numbers(query_modality), to, names))
