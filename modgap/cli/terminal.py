"""Terminal output that the commands share: consoles, progress bars, the vector cache, JSON, notes, the corpus."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape

from modgap.items import counts_in_words, fused_in_words
from modgap.progress import Progress

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from modgap.corpus import ReadReport
    from modgap.io.vector_cache import VectorCache
    from modgap.search.collection import Collection

out = Console(soft_wrap=True, width=None if sys.stdout.isatty() else 140)
log = Console(stderr=True, soft_wrap=True)

_NO_MODEL = "vectors"  # `modgap.search.collection.VECTORS`, whose module is slow to import
_SKIPPED_SHOWN = 10
_OTHERS_SHOWN = 3
_HEADINGS = {
    "skipped": "skipped",
    "duplicate": "left out as exact duplicates",
    "cut": "documents cut into passages",
    "near-identical": "pictures that look like another",
}


@contextlib.contextmanager
def progress_bars() -> Iterator[Progress]:
    """A `Progress` that draws one bar per stage on stderr, and nothing where stderr is not a terminal."""
    from rich import progress as rich_progress

    columns = (
        rich_progress.TextColumn("{task.description}"),
        rich_progress.BarColumn(),
        rich_progress.MofNCompleteColumn(),
        rich_progress.TimeRemainingColumn(),
    )
    with rich_progress.Progress(*columns, console=log, transient=True, disable=not log.is_terminal) as bars:
        tasks: dict[str, Any] = {}

        def advance(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield advance


@contextlib.contextmanager
def vector_cache(*, off: bool = False) -> Iterator[VectorCache | None]:
    """The vector cache of one command, closed at its end; problems and the vectors saved are reported on stderr.

    off: yield None, which neither reads nor writes a cache.
    """
    if off:
        yield None
        return
    from modgap.io.vector_cache import VectorCache

    cache = VectorCache()
    try:
        with cache:
            yield cache
    finally:
        print_warnings(cache.notes)
        if cache.found:
            log.print(f"{cache.found:,} vectors from the cache, {cache.added:,} computed.", highlight=False)


@contextlib.contextmanager
def cache_and_progress(*, no_cache: bool) -> Iterator[tuple[VectorCache | None, Progress]]:
    """The vector cache and the progress bars of one command."""
    with vector_cache(off=no_cache) as cache, progress_bars() as progress:
        yield cache, progress


def print_json(document: Any) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def print_corpus(collection: Collection) -> None:
    """The items read, how they were encoded, and what was skipped and why, on stderr."""
    if collection.encoder is not None and (collection.corpus is None or collection.corpus.vectors is None):
        how = f"encoded by {escape(collection.model)}"
    else:
        named = f" of {escape(collection.model)}" if collection.model != _NO_MODEL else ""
        how = f"as precomputed vectors{named}"
    both = f", {fused_in_words(collection.fused.count)}" if collection.fused is not None else ""
    log.print(f"{escape(counts_in_words(collection.counts))}{both}, {how}.")
    print_report(collection.report)


def print_report(report: ReadReport) -> None:
    """The first few of each outcome other than "read", on stderr."""
    for outcome, heading in _HEADINGS.items():
        rows = [(name, reason) for name, what, reason in report.rows() if what == outcome]
        if not rows:
            continue
        log.print(f"[yellow]{len(rows)} {heading}:[/yellow]" if outcome == "skipped" else f"{len(rows)} {heading}:")
        shown = _SKIPPED_SHOWN if outcome == "skipped" else _OTHERS_SHOWN
        for name, reason in rows[:shown]:
            log.print(f"  {escape(name)} {escape(reason)}", highlight=False)
        if len(rows) > shown:
            log.print(f"  and {len(rows) - shown} more")


def print_warnings(warnings: Sequence[str]) -> None:
    """One line per warning on stderr."""
    for warning in warnings:
        log.print(f"[yellow]Note:[/yellow] {escape(warning)}")


def print_recall(collection: Collection) -> None:
    """How much an approximate index finds, by group, on stderr; nothing for an exact one."""
    for each in collection.recall:
        log.print(escape(each.in_words), highlight=False)
        if each.is_low:
            log.print(f"[yellow]Note:[/yellow] that is little: {collection.low_recall_remedy}.")


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure to the path that --plot names, and report the path on stderr."""
    from modgap.plots import save

    log.print(f"Drawn into {save(figure, path)}", markup=False)
