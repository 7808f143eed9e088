"""`modgap push`: write an encoded corpus to a live engine, with indexes that serve calibrated search."""

from __future__ import annotations

from typing import Annotated

import typer

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


def push(
    corpus: CorpusArgument,
    url: Annotated[
        str, typer.Argument(help="Where to: postgresql://, milvus://, qdrant:// (docs/ENGINES.md).", metavar="URL")
    ],
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
    """Encode a corpus and write it to PostgreSQL, Milvus, Qdrant or OpenSearch; run again, it goes on where it was."""
    from modgap.engines.engine_url import is_engine_url, parse_engine_url
    from modgap.search.live_collection import push as write

    if not is_engine_url(url):
        raise typer.BadParameter(f'"{url}" is not the URL of an engine.', param_hint="URL")
    if is_engine_url(corpus):
        raise typer.BadParameter("is read from files or vectors, not from an engine.", param_hint="CORPUS")
    place = parse_engine_url(url).place
    with open_collection(
        corpus,
        model=model,
        precision=precision,
        model_name=model_name,
        lines=lines,
        columns=column_choice(text_columns, image_column, id_column, group_column),
        no_cache=no_cache,
    ) as (collection, progress):
        written = write(collection, url, progress=progress)
    items = len(collection.items)
    if as_json:
        terminal.print_json({"written": written, "items": items, "counts": collection.counts, "engine": place})
        return
    there = "" if written == items else f"; {items - written:,} were there already"
    terminal.out.print(f"{written:,} of {items:,} items written to {place}{there}.", markup=False)
