"""`modgap check`: what of a corpus can be used, what cannot and why, and what looks alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

import modgap
from modgap.cli import terminal
from modgap.cli.options import (
    CorpusArgument,
    GroupColumnOption,
    IdColumnOption,
    ImageColumnOption,
    JsonOption,
    LinesOption,
    TextColumnsOption,
    column_choice,
)
from modgap.items import counts_in_words, fused_in_words

if TYPE_CHECKING:
    from modgap.corpus.corpus import TableReading

_SHOWN = 70  # characters of a value


def check(
    corpus: CorpusArgument,
    lines: LinesOption = False,
    text_columns: TextColumnsOption = None,
    image_column: ImageColumnOption = None,
    id_column: IdColumnOption = None,
    group_column: GroupColumnOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read a corpus, open every picture, and report what can be used, what cannot and why, and what looks alike.

    Of a table: what its columns were taken for, with the first row. Of a live engine: its groups, and whether its
    indexes serve one search a group.
    """
    from modgap.engines.engine_url import is_engine_url

    if is_engine_url(corpus):
        check_engine(corpus, as_json=as_json)
        return
    from modgap.corpus import SafeDecoder
    from modgap.corpus.fused import FusedItems
    from modgap.corpus.near_identical import check_pictures

    columns = column_choice(text_columns, image_column, id_column, group_column)
    with terminal.progress_bars() as progress, SafeDecoder() as decoder:
        read = modgap.read_corpus(corpus, lines=lines, columns=columns)
        report = check_pictures(read, decoder.open_picture, progress=progress)
    if as_json:
        tables = [{"table": each.name, "columns": each.columns.to_json(), "first": each.first} for each in read.tables]
        terminal.print_json({**report.to_json(), **({"tables": tables} if tables else {})})
    else:
        for each in read.tables:
            print_table(each)
        fused = FusedItems.of(read.items)
        both = f", {fused_in_words(fused.count)}" if fused is not None else ""
        terminal.out.print(f"{escape(counts_in_words(report.read))}{both} can be read.")
        terminal.print_report(report)


def print_table(read: TableReading) -> None:
    """What the columns of a table were taken for, with the first row as an example."""
    columns = read.columns
    table = Table("taken as", "column", "first row", title=escape(read.name), title_justify="left")
    roles = {
        "id": columns.id,
        "text, searched": ", ".join(columns.text),
        "picture, searched": columns.image,
        "caption, shown only": columns.caption,
        "group": columns.group,
    }
    names = {"text, searched": "text", "picture, searched": "image", "caption, shown only": "caption"}
    for role, column in roles.items():
        if column:
            value = " ".join(str(read.first.get(names.get(role, role), "")).split())
            table.add_row(role, escape(column), escape(value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"))
    terminal.out.print(table)
    if columns.ignored:
        terminal.out.print(f"Not used: {', '.join(columns.ignored)}.", markup=False, highlight=False)


def check_engine(url: str, *, as_json: bool) -> None:
    """Print what an engine holds, how well its indexes serve one search a group, and what to create."""
    from dataclasses import asdict

    from modgap.search.live_collection import connect

    with terminal.progress_bars():
        collection = connect(url)
        advice = collection.advice()
    if as_json:
        terminal.print_json({"counts": collection.counts, "model": collection.engine.model, **asdict(advice)})
        return
    held = counts_in_words(collection.counts)
    terminal.out.print(f"{held} of {collection.dimension} dimensions.", markup=False)
    for line in advice.lines:
        terminal.out.print(line, markup=False)
    if advice.create:
        terminal.out.print("\nTo create:")
        for statement in advice.create:
            terminal.out.print(statement, markup=False, soft_wrap=True)
    else:
        terminal.out.print("Nothing to create.")
