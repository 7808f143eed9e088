"""`modgap check`: what of a corpus can be used, what cannot and why, and what looks alike."""

from __future__ import annotations

from rich.markup import escape

import modgap
from modgap.cli import terminal
from modgap.cli.options import CorpusArgument, JsonOption, LinesOption
from modgap.items import counts_in_words


def check(corpus: CorpusArgument, lines: LinesOption = False, as_json: JsonOption = False) -> None:
    """Read a corpus, open every picture, and report what can be used, what cannot and why, and what looks alike."""
    from modgap.corpus import SafeDecoder
    from modgap.corpus.near_identical import check_pictures

    with terminal.progress_bars() as progress, SafeDecoder() as decoder:
        report = check_pictures(modgap.read_corpus(corpus, lines=lines), decoder.open_picture, progress=progress)
    if as_json:
        terminal.print_json(report.to_json())
    else:
        terminal.out.print(f"{escape(counts_in_words(report.read))} can be read.")
        terminal.print_report(report)
