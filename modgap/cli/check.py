"""`modgap check`: what of a corpus can be used, what cannot and why, and what looks alike."""

from __future__ import annotations

from rich.markup import escape

import modgap
from modgap.cli import terminal
from modgap.cli.options import CorpusArgument, JsonOption, LinesOption
from modgap.items import counts_in_words


def check(corpus: CorpusArgument, lines: LinesOption = False, as_json: JsonOption = False) -> None:
    """Read a corpus, open every picture, and report what can be used, what cannot and why, and what looks alike.

    Of a live engine: its groups, and whether its indexes serve one search a group.
    """
    from modgap.engines.engine_url import is_engine_url

    if is_engine_url(corpus):
        check_engine(corpus, as_json=as_json)
        return
    from modgap.corpus import SafeDecoder
    from modgap.corpus.near_identical import check_pictures

    with terminal.progress_bars() as progress, SafeDecoder() as decoder:
        report = check_pictures(modgap.read_corpus(corpus, lines=lines), decoder.open_picture, progress=progress)
    if as_json:
        terminal.print_json(report.to_json())
    else:
        terminal.out.print(f"{escape(counts_in_words(report.read))} can be read.")
        terminal.print_report(report)


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
