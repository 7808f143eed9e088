"""`modgap search`: the best items of a corpus for words, a picture or a vector."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer
from rich.markup import escape
from rich.table import Table

import modgap
from modgap.cli import terminal
from modgap.cli.open_collection import open_collection
from modgap.cli.options import (
    METHODS_HELP,
    AsyncOption,
    CorpusArgument,
    JsonOption,
    LinesOption,
    ModelOption,
    NoCacheOption,
    require_method,
)
from modgap.items import no_good_match

if TYPE_CHECKING:
    from modgap.items import Hit
    from modgap.search.collection import Collection

_RIGHT = ("rank", "cosine", "z", "fit")


def search(
    corpus: CorpusArgument,
    query: Annotated[
        str, typer.Argument(help="Words; @picture.jpg; or, for vectors, @queries.npz:id.", metavar="QUERY")
    ],
    calibration: Annotated[
        Optional[Path],  # noqa: UP045 - typer reads it at run time on Python 3.10
        typer.Option(help="A saved calibration; without it the corpus is calibrated first."),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse a calibration that was made for another state of this corpus.")
    ] = False,
    method: Annotated[str, typer.Option(help=f"{METHODS_HELP}; a+b stacks two.", metavar="NAME")] = "standardized",
    async_weights: AsyncOption = None,
    k: Annotated[int, typer.Option("-k", help="Number of results.", min=1)] = 10,
    model: ModelOption = None,
    lines: LinesOption = False,
    no_cache: NoCacheOption = False,
    as_json: JsonOption = False,
) -> None:
    """Search a corpus for words or for a picture."""
    from modgap.corpus import parse_query

    require_method(method, option="--method")
    if strict and calibration is None:
        raise typer.BadParameter("goes with --calibration.", param_hint="--strict")
    asked = parse_query(query)
    loaded = modgap.Calibration.load(calibration) if calibration else None
    if loaded is not None and loaded.normalisers is not None and async_weights is not None:
        raise typer.BadParameter("the calibration has weights of its own: leave one out.", param_hint="--async")
    with open_collection(corpus, model=model, lines=lines, no_cache=no_cache, async_weights=async_weights) as (
        collection,
        _,
    ):
        if loaded is not None:
            collection.use(loaded, strict=strict)
        hits = collection.search(asked, k, method=method)
    if as_json:
        terminal.print_json({"query": query, "method": method, "hits": [hit.as_dict() for hit in hits]})
    else:
        print_hits(collection, hits)


def print_hits(collection: Collection, hits: Sequence[Hit]) -> None:
    """The hits as a table, and a note on stderr where none is a good match.

    The table has a column "group" only where the group of some hit is not its modality.
    """
    with_groups = any(hit.group != hit.modality.value for hit in hits)
    table = Table()
    for heading in ("rank", "modality", *(("group",) if with_groups else ()), "cosine", "z", "fit", "id", "text"):
        right = heading in _RIGHT
        table.add_column(heading, justify="right" if right else "left", no_wrap=right)
    for hit in hits:
        item = collection.items[collection.row_of[hit.id]]
        table.add_row(
            str(hit.rank),
            hit.modality.value,
            *((escape(hit.group),) if with_groups else ()),
            f"{hit.score:.3f}",
            "" if hit.z is None else f"{hit.z:+.2f}",
            "" if hit.fit is None else f"{hit.fit:.0%}",
            escape(hit.id),
            escape(item.title if item.text or item.caption else ""),
        )
    terminal.out.print(table)
    if no_good_match(hits):
        terminal.log.print(
            "[yellow]No good match:[/yellow] nothing here fits this query better than meaningless words are "
            "fitted, or than the worst answered calibration queries."
        )
