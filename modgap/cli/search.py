"""`modgap search`: the best items of a corpus for words, a picture or a vector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

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
    FusionOption,
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
    require_method,
)
from modgap.errors import CalibrationError
from modgap.items import Modality, no_good_match

if TYPE_CHECKING:
    from modgap.corpus import Queries, Query
    from modgap.items import Hit
    from modgap.search.collection import Collection
    from modgap.search.query import EncodedQuery, SearchQuery

_RIGHT = ("rank", "cosine", "z", "fit")
_RANKED_BY_COLUMN = ("cosine", "z")  # what ranks by these is in the table already


def search(
    corpus: CorpusArgument,
    query: Annotated[
        Optional[str],  # noqa: UP045 - typer reads it at run time on Python 3.10
        typer.Argument(help="Words; @picture.jpg; or, for vectors, @queries.npz:id.", metavar="QUERY"),
    ] = None,
    also: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--query", help="Asked for together with QUERY, or in its place: words or @picture.jpg; repeat it."
        ),
    ] = None,
    minus: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--minus", help="To move away from: words or @picture.jpg; may be repeated."),
    ] = None,
    queries: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Several queries in place of QUERY: one per line, .jsonl, or vectors (.npz)."),
    ] = None,
    calibration: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="A saved calibration; without it the corpus is calibrated first."),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", help="Refuse a calibration of another state of this corpus, or queries of another model."
        ),
    ] = False,
    method: Annotated[str, typer.Option(help=f"{METHODS_HELP}; a+b stacks two.", metavar="NAME")] = "calibrated",
    async_weights: AsyncOption = None,
    k: Annotated[int, typer.Option("-k", help="Number of results.", min=1)] = 10,
    model: ModelOption = None,
    precision: PrecisionOption = "float32",
    model_name: ModelNameOption = None,
    lines: LinesOption = False,
    text_columns: TextColumnsOption = None,
    image_column: ImageColumnOption = None,
    id_column: IdColumnOption = None,
    group_column: GroupColumnOption = None,
    fusion: FusionOption = "max",
    no_cache: NoCacheOption = False,
    as_json: JsonOption = False,
) -> None:
    """Search a corpus for words or for a picture, or for each query of a file."""
    from modgap.corpus import Queries

    parts = [*([query] if query is not None else []), *(also or [])]
    require_method(method, option="--method")
    if strict and calibration is None:
        raise typer.BadParameter("goes with --calibration.", param_hint="--strict")
    asked = _asked(parts, minus or [], queries)
    loaded = modgap.Calibration.load(calibration) if calibration else None
    if loaded is not None and loaded.normalisers is not None and async_weights is not None:
        raise typer.BadParameter("the calibration has weights of its own: leave one out.", param_hint="--async")
    with open_collection(
        corpus,
        model=model,
        precision=precision,
        model_name=model_name,
        lines=lines,
        columns=column_choice(text_columns, image_column, id_column, group_column),
        no_cache=no_cache,
        async_weights=async_weights,
    ) as (
        collection,
        _,
    ):
        collection.with_fusion(fusion)
        if loaded is not None:
            collection.use(loaded, strict=strict)
        if isinstance(asked, Queries):
            encoded, names = collection.encode_queries(asked), [_named(each) for each in asked.queries]
            foreign = collection.query_warnings(asked)
        else:
            encoded, names, foreign = [collection.encode_query(asked)], [{"query": _in_words(parts, minus or [])}], []
        if strict and foreign:
            raise CalibrationError(" ".join(foreign))
        found = [collection.search(each, k, method=method) for each in encoded]
        results = [
            {**name, **result_document(collection, each, method, hits)}
            for name, each, hits in zip(names, encoded, found, strict=True)
        ]
    terminal.print_warnings(foreign)
    if as_json:
        terminal.print_json({"results": results} if queries is not None else results[0])
        return
    terminal.print_recall(collection)
    for result, hits in zip(results, found, strict=True):
        title = result["query"] if queries is not None else ""
        print_hits(collection, hits, ranked_by=result["ranked_by"], query=title, readable=result["readable"])


def _asked(parts: list[str], minus: list[str], queries: Path | None) -> Queries | SearchQuery:
    """The queries of a file, or the one query of the arguments.

    Raises typer.BadParameter for both or neither, and for --minus alone.
    """
    from modgap.corpus import parse_query

    if minus and not parts:
        raise typer.BadParameter("goes with QUERY or --query.", param_hint="--minus")
    if bool(parts) == (queries is not None):
        raise typer.BadParameter("give either QUERY or --queries FILE.", param_hint="QUERY")
    if queries is not None:
        return modgap.read_queries(queries)
    if len(parts) == 1 and not minus:
        return parse_query(parts[0])
    return modgap.MixedQuery([parse_query(each) for each in parts], [parse_query(each) for each in minus])


def _in_words(parts: Sequence[str], minus: Sequence[str]) -> str:
    """How a result names a query of several parts."""
    return " + ".join(parts) + "".join(f" - {each}" for each in minus)


def _named(query: Query) -> dict[str, str]:
    """How a result names a query of a file: by its words, @ and its picture, or @ and its id; and its id."""
    return {"query": query.text or f"@{query.image or query.id}", "id": query.id}


def result_document(collection: Collection, encoded: EncodedQuery, method: str, hits: Sequence[Hit]) -> dict[str, Any]:
    """The result of one query as plain JSON values, without the query itself.

    `value` of a hit is what ranked it, and `ranked_by` what that is. `no_match` is null where nothing can tell: without
    a calibration, or without the mean vectors that the test of words needs. `readable` is false where the model's
    vocabulary does not cover the words. `recall` is that of an approximate index, by group. `path` is null inside an
    archive or a document, which is unpacked for the search only.
    """
    from modgap.methods import method_by_name

    used = collection.calibration
    return {
        "method": method,
        "ranked_by": method_by_name(method).value_name,
        "model": collection.model,
        "calibration": None if used is None else {"fingerprint": used.fingerprint, "created": used.created},
        "no_match": _no_match(collection, encoded, hits),
        "readable": encoded.readable,
        "recall": [asdict(each) for each in collection.recall],
        "hits": [_hit_document(collection, hit) for hit in hits],
    }


def _no_match(collection: Collection, encoded: EncodedQuery, hits: Sequence[Hit]) -> bool | None:
    if not encoded.readable or no_good_match(hits):
        return True
    used, in_words = collection.calibration, encoded.modality == Modality.TEXT.value
    if used is None or not hits or hits[0].good_match is None or (in_words and used.missing()):
        return None
    return False


def _hit_document(collection: Collection, hit: Hit) -> dict[str, Any]:
    item = collection.items[collection.row_of[hit.id]]
    kept = None if item.path is None or _is_unpacked(collection, item.path) else str(item.path)
    content = {"text": item.text} if item.modality is Modality.TEXT else {"path": kept}
    return {**hit.as_dict(), "group": hit.group, "title": item.title, **content}


def _is_unpacked(collection: Collection, path: Path) -> bool:
    """Whether a picture lies in the temporary folder of an archive or of a document."""
    from modgap.corpus.archives import UnpackedArchive

    unpacked = collection.corpus.unpacked if collection.corpus is not None else ()
    folders = [each.folder if isinstance(each, UnpackedArchive) else getattr(each, "name", None) for each in unpacked]
    return any(folder is not None and path.is_relative_to(folder) for folder in folders)


def print_hits(
    collection: Collection, hits: Sequence[Hit], *, ranked_by: str, query: str = "", readable: bool = True
) -> None:
    """The hits as a table, and a note on stderr where none is a good match.

    ranked_by: what the hits' values are. They have a column of their own where that is neither the cosine nor z. The
    table has a column "group" only where the group of some hit is not its modality. query: the title, where there are
    several. readable: whether the model's vocabulary covers the query.
    """
    from modgap.encoders.vocabulary import UNREAD

    with_groups = any(hit.group != hit.modality.value for hit in hits)
    with_values = ranked_by not in _RANKED_BY_COLUMN
    headings = ["rank", "modality", *(["group"] if with_groups else []), *([ranked_by] if with_values else [])]
    table = Table(
        title=escape(query) or None,
        title_justify="left",
        caption=f"Ranked by {escape(ranked_by)}.",
        caption_justify="left",
    )
    for heading in (*headings, "cosine", "z", "fit", "id", "text"):
        right = heading in (*_RIGHT, ranked_by)
        table.add_column(escape(heading), justify="right" if right else "left", no_wrap=right)
    for hit in hits:
        item = collection.items[collection.row_of[hit.id]]
        table.add_row(
            str(hit.rank),
            f"{hit.modality.value}, of both" if hit.sides else hit.modality.value,
            *((escape(hit.group),) if with_groups else ()),
            *(("" if hit.value is None else f"{hit.value:.4f}",) if with_values else ()),
            f"{hit.score:.3f}",
            "" if hit.z is None else f"{hit.z:+.2f}",
            "" if hit.fit is None else f"{hit.fit:.0%}",
            escape(hit.id),
            escape(item.title if item.text or item.caption else ""),
        )
    terminal.out.print(table)
    verdict = f"No good match for {escape(query)}:" if query else "No good match:"
    if not readable:
        terminal.log.print(f"[yellow]{verdict}[/yellow] {UNREAD}")
    elif no_good_match(hits):
        terminal.log.print(
            f"[yellow]{verdict}[/yellow] nothing here fits this query better than meaningless words are fitted, or "
            f"than the worst answered calibration queries."
        )
