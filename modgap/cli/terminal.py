"""What the command line shows: progress bars and tables for people, one JSON document for programs."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress
from rich.table import Table

from modgap.calibration import Calibration
from modgap.calibration.drift import Drift
from modgap.calibration.gap_report import Gap
from modgap.corpus import ReadReport
from modgap.evaluation import Evaluation
from modgap.evaluation.results import Values
from modgap.io.vector_cache import CacheInfo, VectorCache
from modgap.items import Hit, Modality, no_good_match
from modgap.methods.i0t.training import Trained
from modgap.metrics.catalogue import GAP_METRICS
from modgap.metrics.retrieval import METRICS
from modgap.progress import Progress
from modgap.search.collection import Collection

out = Console(soft_wrap=True, width=None if sys.stdout.isatty() else 140)
log = Console(stderr=True, soft_wrap=True)

_SKIPPED_SHOWN = 10
_OTHERS_SHOWN = 3
_ALPHA = 0.05


@contextlib.contextmanager
def progress_bars() -> Iterator[Progress]:
    """A `Progress` that draws one bar a stage on stderr, and nothing where stderr is no terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with RichProgress(*columns, console=log, transient=True, disable=not log.is_terminal) as bars:
        tasks: dict[str, Any] = {}

        def advance(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield advance


@contextlib.contextmanager
def vector_cache(*, off: bool = False) -> Iterator[VectorCache | None]:
    """The cache of a command's run, closed at its end, with a word on what it saved and what was wrong with it."""
    if off:
        yield None
        return
    cache = VectorCache()
    try:
        with cache:
            yield cache
    finally:
        print_warnings(cache.notes)
        if cache.found:
            log.print(f"{cache.found:,} vectors from the cache, {cache.added:,} computed.", highlight=False)


def print_json(document: Any) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def in_words(counts: Mapping[str, int]) -> str:
    """Items by modality in words.

    >>> in_words({"text": 2, "image": 1})
    '1 picture and 2 passages'
    """
    return " and ".join(f"{counts[m.value]} {m.counted(counts[m.value])}" for m in (Modality.IMAGE, Modality.TEXT))


def print_corpus(collection: Collection) -> None:
    """What was read, and what was skipped and why, on stderr."""
    how = f"encoded by {escape(collection.model)}" if collection.encoder is not None else "as precomputed vectors"
    log.print(f"{in_words(collection.counts)}, {how}.")
    print_report(collection.report)


def print_report(report: ReadReport) -> None:
    """What was not simply read, by outcome, on stderr; the first of each."""
    words = {
        "skipped": "skipped",
        "duplicate": "left out as exact duplicates",
        "cut": "documents cut into passages",
        "near-identical": "pictures that look like another",
    }
    for outcome, heading in words.items():
        rows = [(name, reason) for name, what, reason in report.rows() if what == outcome]
        if not rows:
            continue
        log.print(f"[yellow]{len(rows)} {heading}:[/yellow]" if outcome == "skipped" else f"{len(rows)} {heading}:")
        shown = _SKIPPED_SHOWN if outcome == "skipped" else _OTHERS_SHOWN
        for name, reason in rows[:shown]:
            log.print(f"  {escape(name)} {escape(reason)}", highlight=False)
        if len(rows) > shown:
            log.print(f"  and {len(rows) - shown} more")


def print_cache_info(info: CacheInfo) -> None:
    """Where the cache lies, how full it is, and its vectors by model."""
    used = f"{info.bytes / 1e6:,.1f} of {info.max_bytes / 1e6:,.0f} MB"
    out.print(f"{info.path}: {info.vectors:,} vectors, {used}", markup=False, highlight=False)
    for name, count in info.models.items():
        out.print(f"  {name}  {count:,}", markup=False, highlight=False)


def print_calibration(calibration: Calibration) -> None:
    """The statistics as a table, with where the queries came from."""
    table = Table(title="Best scores of each query (cosine)", title_justify="left")
    for heading in ("queries", "items", "mean", "95 % interval", "deviation", "95 % interval", "n"):
        table.add_column(heading, justify="left" if heading in ("queries", "items") else "right")
    for query_modality, by_item in calibration.statistics.items():
        for item_modality, s in by_item.items():
            table.add_row(
                query_modality,
                item_modality,
                f"{s.mean:.4f}",
                f"{s.mean_ci95.low:.4f} to {s.mean_ci95.high:.4f}",
                f"{s.std:.4f}",
                f"{s.std_ci95.low:.4f} to {s.std_ci95.high:.4f}",
                str(s.n),
            )
    out.print(table)
    for query_modality, source in calibration.queries.items():
        log.print(f"{query_modality} queries: {source.count}, {source.kind} ({escape(source.description)})")
    print_warnings(calibration.warnings())


def print_warnings(warnings: Sequence[str]) -> None:
    for warning in warnings:
        log.print(f"[yellow]Note:[/yellow] {escape(warning)}")


def print_hits(collection: Collection, hits: Sequence[Hit]) -> None:
    """The hits as a table: rank, modality, cosine, z, fit, what it is."""
    table = Table()
    for heading in ("rank", "modality", "cosine", "z", "fit", "id", "text"):
        right = heading in ("rank", "cosine", "z", "fit")
        table.add_column(heading, justify="right" if right else "left", no_wrap=right)
    for hit in hits:
        item = collection.items[collection.row_of[hit.id]]
        table.add_row(
            str(hit.rank),
            hit.modality.value,
            f"{hit.score:.3f}",
            "" if hit.z is None else f"{hit.z:+.2f}",
            "" if hit.fit is None else f"{hit.fit:.0%}",
            escape(hit.id),
            escape(item.title if item.text or item.caption else ""),
        )
    out.print(table)
    if no_good_match(hits):
        log.print(
            "[yellow]No good match:[/yellow] nothing here fits this query better than meaningless words are "
            "fitted, or than the worst answered calibration queries."
        )


def print_drift(drifts: Sequence[Drift]) -> None:
    """One sentence for each pair of modalities."""
    for each in drifts:
        out.print(each.sentence, markup=False, highlight=False)


def print_gap(gap: Gap) -> None:
    """One row a metric: its value as encoded and after each method, which way is better, what it says."""
    table = Table(title=f"Modality gap: {gap.severity}", title_justify="left")
    table.add_column("metric", no_wrap=True)
    for method in ("as encoded", *gap.after):
        table.add_column(method, justify="right", no_wrap=True)
    table.add_column("better", no_wrap=True)
    table.add_column("what it says")
    for name, metric in GAP_METRICS.items():
        if name in gap.metrics:
            moved = [f"{values[name]:.3f}" if name in values else "" for values in gap.after.values()]
            table.add_row(metric.title, f"{gap.metrics[name]:.3f}", *moved, metric.good, metric.meaning)
    out.print(table)
    for name, reason in gap.left_out.items():
        log.print(f"{GAP_METRICS[name].title.strip()} is left out: {reason}.")
    print_warnings(gap.notes)


def told_of_methods(model: str) -> Callable[[str, Values], None]:
    """Says on stderr what each method came to as it finishes, so that a long run shows something early."""

    def tell(method: str, values: Values) -> None:
        log.print(f"{model}  {method}: Recall@20 {values['recall@20'].mean():.3f}", markup=False, highlight=False)

    return tell


def print_evaluation(evaluation: Evaluation, *, reference: str) -> None:
    """One row a method and target modality; a mark where the difference to the reference is beyond chance."""
    n = {"all": evaluation.queries, **evaluation.targets}
    title = f"{evaluation.model}: {evaluation.queries} queries; calibrated on: {evaluation.calibration_queries}"
    tested = f"; * differs from {reference} there (Holm, 5 %)" if reference in evaluation.values else ""
    table = Table(title=title, caption=f"± 95 % interval of recall@20{tested}")
    for heading in ("method", "target"):
        table.add_column(heading)
    table.add_column("n", justify="right")
    for metric in METRICS:
        table.add_column(metric, justify="right")
    differs = {
        (each.method, each.target)
        for each in evaluation.differences(reference)
        if each.metric == "recall@20" and each.p_holm < _ALPHA
    }
    for method, targets in evaluation.methods.items():
        for target, row in targets.items():
            if row:
                cells = [f"{row[m]:.3f}" for m in METRICS]
                low, high = evaluation.intervals[method][target]["recall@20"]
                mark = "*" if (method, target) in differs else ""
                cells[METRICS.index("recall@20")] += f" ±{(high - low) / 2:.3f}{mark}"
                table.add_row(method, target, str(n[target]), *cells)
        table.add_section()
    out.print(table)
    print_warnings(evaluation.notes)


def print_training(trained: Trained) -> None:
    """Loss and gap of each round on held-out pairs; the round that was kept is marked."""
    table = Table(title=f"{trained.pairs:,} pairs; measured on those held out")
    for heading in ("round", "loss", "centroid distance", ""):
        table.add_column(heading, justify="right")
    for place, each in enumerate(trained.rounds):
        kept = "kept" if place == trained.best else ""
        table.add_row(str(place + 1), f"{each.loss:.4f}", f"{each.gap:.3f}", kept)
    out.print(table)
    if trained.stopped_early:
        out.print("Stopped early: the loss did not fall any more.")
