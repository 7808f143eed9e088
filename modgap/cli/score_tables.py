"""What `modgap score` and `modgap correlate` show to people."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from modgap.cli.terminal import log, out, print_warnings
from modgap.evaluation.captions.agreement import COEFFICIENTS, Agreement
from modgap.evaluation.captions.ratings import Ratings
from modgap.evaluation.captions.scoring import SCORES, TITLES, Captioned, CaptionScore

_NAMES = {"tau_b": "tau-b", "tau_c": "tau-c", "pearson": "Pearson"}
_STYLES = {1: "bold green", -1: "bold red", 0: ""}
_SIGNS = {1: "+", -1: "-", 0: ""}


def print_captioned(image: str, found: Captioned) -> None:
    """Scores as a table; for each caption the words that help (+) and hurt (-), by score."""
    out.print(Text(image, style="bold"))
    table = Table()
    table.add_column("caption")
    shown = [name for name in TITLES if getattr(found.captions[0], name) is not None]
    for name in shown:
        table.add_column(TITLES[name], justify="right", no_wrap=True)
        if found.captions[0].standing and name in SCORES:
            table.add_column("above random pairs", justify="right")
    for each in found.captions:
        cells = []
        for name in shown:
            cells.append(f"{getattr(each, name):.3f}")
            if each.standing and name in each.standing:
                cells.append(f"{each.standing[name].above_random:.1%}")
        table.add_row(escape(each.caption), *cells)
    out.print(table)
    standing = found.captions[0].standing
    if standing:
        means = ", ".join(f"{TITLES[name]} {each.mean_pair:.3f}" for name, each in standing.items())
        out.print(f"The mean pair: {means} ({found.background.pairs}).", markup=False, highlight=False)
    if any(each.words for each in found.captions):
        out.print("\nWords that help (+) and hurt (-); change of the score by the word:", highlight=False)
        for each in found.captions:
            _print_words(each)
    log.print(f"I0T-Score's means: {found.background.source}.", markup=False, highlight=False)
    print_warnings(found.notes)


def _print_words(each: CaptionScore) -> None:
    for name in SCORES:
        line = Text(f"  {TITLES[name]:<10}")
        effects = [word.effect[name] for word in each.words]
        for (word, sign), effect in zip(each.marked(name), effects, strict=True):
            shown = f" {_SIGNS[sign]}{word}({effect:+.3f})" if sign else f" {word}"
            line.append(shown, style=_STYLES[sign])
        out.print(line)


def print_agreement(found: Agreement, ratings: Ratings, source: str) -> None:
    """Coefficients with their intervals, and the paired test; what was left out on stderr."""
    table = Table(
        title=f"{found.n:,} ratings of {found.pictures:,} pictures; 95 % intervals of {found.resamples:,} resamples of "
        f"pictures, each with all of its ratings",
        title_justify="left",
    )
    table.add_column("score")
    for name in COEFFICIENTS:
        table.add_column(_NAMES[name], justify="right", no_wrap=True)
        table.add_column("95 % interval", no_wrap=True)
    for score, by_name in found.estimates.items():
        cells = []
        for name in COEFFICIENTS:
            estimate = by_name[name]
            interval = f"{estimate.ci95.low:.4f} to {estimate.ci95.high:.4f}"
            cells += [f"{estimate.value:.4f}", interval]
        table.add_row(TITLES[score], *cells)
    out.print(table)
    for (a, b), differences in found.differences.items():
        table = Table(title=f"{TITLES[a]} minus {TITLES[b]}, in the same resamples", title_justify="left")
        for heading in ("", "difference", "95 % interval", "p"):
            table.add_column(heading, justify="right" if heading else "left", no_wrap=True)
        for name in COEFFICIENTS:
            each = differences[name]
            interval = f"{each.ci95.low:+.4f} to {each.ci95.high:+.4f}"
            table.add_row(_NAMES[name], f"{each.value:+.4f}", interval, f"{each.p:.3f}")
        out.print(table)
    log.print(f"I0T-Score's means: {source}.", markup=False, highlight=False)
    print_left_out(ratings)


def print_left_out(ratings: Ratings) -> None:
    """What of the file could not be used, with one example each, on stderr."""
    for reason, count in ratings.left_out.items():
        log.print(f"[yellow]{count:,} {reason}[/yellow], for one {escape(ratings.examples[reason])}.", highlight=False)
