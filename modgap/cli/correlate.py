"""`modgap correlate`: how well CLIPScore, I0T-Score and RefCLIPScore agree with human ratings."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer
from rich.markup import escape
from rich.table import Table

import modgap
from modgap.cli import terminal
from modgap.cli.options import ClipOption, JsonOption, ModelOption, NoCacheOption, PrecisionOption, PrefixOption

if TYPE_CHECKING:
    from modgap.evaluation.captions.agreement import Agreement
    from modgap.evaluation.captions.ratings import Ratings

_NAMES = {"tau_b": "tau-b", "tau_c": "tau-c", "pearson": "Pearson"}


def correlate(
    ratings: Annotated[
        Path, typer.Argument(help="Ratings as in flickr8k.json of PAC-S: pictures by id.", metavar="RATINGS")
    ],
    images: Annotated[
        Optional[Path],  # noqa: UP045 - typer reads it at run time on Python 3.10
        typer.Option(help="The folder of the pictures; the folder of RATINGS by default.", metavar="DIR"),
    ] = None,
    model: ModelOption = None,
    precision: PrecisionOption = "float32",
    calibration: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Means for I0T-Score; those of the rated pictures and captions by default.", metavar="FILE"),
    ] = None,
    prefix: PrefixOption = False,
    clip: ClipOption = False,
    resamples: Annotated[int, typer.Option(help="Bootstrap resamples of the pictures.", min=99, max=99_999)] = 999,
    seed: Annotated[int, typer.Option(help="For the resamples.", min=0)] = 0,
    scores: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Write each rated caption with its scores to this .csv.", metavar="FILE"),
    ] = None,
    no_cache: NoCacheOption = False,
    as_json: JsonOption = False,
) -> None:
    """Correlate CLIPScore, I0T-Score and RefCLIPScore with human ratings, with intervals and a paired test."""
    from modgap.evaluation.captions import Background
    from modgap.evaluation.captions.rated import score_ratings
    from modgap.evaluation.captions.ratings import read_ratings

    read = read_ratings(ratings, images)
    loaded = modgap.Calibration.load(calibration) if calibration else None
    with terminal.cache_and_progress(no_cache=no_cache) as (cache, progress):
        encoder = modgap.load_encoder(model, precision=precision).with_cache(cache)
        background = None
        if loaded is not None:
            background = Background.from_calibration(loaded, model=encoder.name, dimension=encoder.dimension)
        scored = score_ratings(read, encoder, background=background, prefix=prefix, clip=clip, progress=progress)
        if scores is not None:
            scored.write(scores)
        found = scored.agreement(resamples=resamples, seed=seed, progress=progress)
    if scored.cut:
        terminal.print_warnings([f"{scored.cut:,} captions are longer than the model reads; their end is ignored."])
    if as_json:
        print_left_out(read)
        head = {"ratings": str(ratings), "model": encoder.name, "means": scored.source, "prefix": prefix, "clip": clip}
        terminal.print_json({**head, **_agreement_json(found), "left_out": dict(read.left_out)})
    else:
        print_agreement(found, read, scored.source)


def print_agreement(found: Agreement, ratings: Ratings, source: str) -> None:
    """Coefficients with their intervals, and the paired test; ratings left out on stderr."""
    from modgap.evaluation.captions.agreement import COEFFICIENTS
    from modgap.evaluation.captions.scoring import TITLES

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
    terminal.out.print(table)
    for (a, b), differences in found.differences.items():
        table = Table(title=f"{TITLES[a]} minus {TITLES[b]}, in the same resamples", title_justify="left")
        for heading in ("", "difference", "95 % interval", "p"):
            table.add_column(heading, justify="right" if heading else "left", no_wrap=True)
        for name in COEFFICIENTS:
            each = differences[name]
            interval = f"{each.ci95.low:+.4f} to {each.ci95.high:+.4f}"
            table.add_row(_NAMES[name], f"{each.value:+.4f}", interval, f"{each.p:.3f}")
        terminal.out.print(table)
    terminal.log.print(f"I0T-Score's means: {source}.", markup=False, highlight=False)
    print_left_out(ratings)


def print_left_out(ratings: Ratings) -> None:
    """How many ratings could not be used, by reason and with one example each, and what was found by name."""
    if ratings.by_name:
        terminal.log.print(
            f"{len(ratings.by_name):,} pictures are not at their path and were found by name in the folder.",
            highlight=False,
        )
    for reason, count in ratings.left_out.items():
        terminal.log.print(
            f"[yellow]{count:,} {reason}[/yellow], for one {escape(ratings.examples[reason])}.", highlight=False
        )


def _agreement_json(found: Agreement) -> dict[str, Any]:
    """Plain JSON values, rounded to 6 digits; undefined values are null."""

    def number(value: float) -> float | None:
        return round(value, 6) if math.isfinite(value) else None

    def plain(each: Any) -> dict[str, Any]:
        return {"value": number(each.value), "ci95": [number(each.ci95.low), number(each.ci95.high)]}

    return {
        "n": found.n,
        "pictures": found.pictures,
        "resamples": found.resamples,
        "scores": {score: {c: plain(each) for c, each in by.items()} for score, by in found.estimates.items()},
        "differences": {
            f"{a} - {b}": {c: {**plain(each), "p": number(each.p)} for c, each in by.items()}
            for (a, b), by in found.differences.items()
        },
    }
