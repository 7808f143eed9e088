"""`modgap score` and `modgap correlate`: captions against their picture, and scores against people's ratings."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

import modgap
from modgap.cli.options import JsonOption, ModelOption, NoCacheOption

if TYPE_CHECKING:
    from modgap.encoders import Encoder
    from modgap.evaluation.captions import Background
    from modgap.evaluation.captions.agreement import Agreement
    from modgap.progress import Progress

PrefixOption = Annotated[
    bool, typer.Option("--prefix/--no-prefix", help='Write "A photo depicts" before each text, as CLIPScore does.')
]
ClipOption = Annotated[bool, typer.Option("--clip/--no-clip", help="I0T-Scores below zero become 0.")]


def score(
    image: Annotated[Path, typer.Argument(help="A picture.", metavar="IMAGE")],
    captions: Annotated[list[str], typer.Argument(help="One or more captions, each in quotes.", metavar="CAPTION...")],
    model: ModelOption = None,
    calibration: Annotated[
        Optional[Path],  # noqa: UP045 - typer reads it at run time on Python 3.10
        typer.Option(help="A saved calibration, whose means I0T-Score takes.", metavar="FILE"),
    ] = None,
    corpus: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="A corpus to hold the scores against; by default the sample corpus.", metavar="CORPUS"),
    ] = None,
    reference: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="A caption that is known to be right, for RefCLIPScore; may be given often.", metavar="TEXT"),
    ] = None,
    prefix: PrefixOption = False,
    clip: ClipOption = False,
    explain: Annotated[bool, typer.Option(help="Say where each score stands, and which words help or hurt.")] = True,
    no_cache: NoCacheOption = False,
    as_json: JsonOption = False,
) -> None:
    """Score captions of a picture by CLIPScore and I0T-Score, and say why each is what it is."""
    from modgap.cli import score_tables as caption_tables
    from modgap.cli import terminal
    from modgap.evaluation.captions import picture_vector, score_captions

    with terminal.vector_cache(off=no_cache) as cache, terminal.progress_bars() as progress:
        loaded = modgap.Calibration.load(calibration) if calibration else None
        encoder = modgap.load_encoder(model).with_cache(cache)
        picture = picture_vector(image, encoder)
        background = _background(encoder, loaded, corpus, prefix, progress)
        found = score_captions(
            picture,
            captions,
            encoder,
            background,
            references=reference or [],
            prefix=prefix,
            clip=clip,
            explain=explain,
            progress=progress,
        )
    if as_json:
        terminal.print_warnings(found.notes)
        document = {"image": str(image), "model": encoder.name, "means": background.source, "prefix": prefix}
        pairs = {"pairs": background.pairs} if explain and background.pairs else {}
        rows = [each.to_json() for each in found.captions]
        terminal.print_json({**document, **pairs, "captions": rows, "notes": list(found.notes)})
    else:
        caption_tables.print_captioned(str(image), found)


def correlate(
    ratings: Annotated[
        Path, typer.Argument(help="Ratings as in flickr8k.json of PAC-S: pictures by id.", metavar="RATINGS")
    ],
    images: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="The folder of the pictures; by default that of the file.", metavar="DIR"),
    ] = None,
    model: ModelOption = None,
    calibration: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="I0T-Score's means; without it those of the rated pictures and captions.", metavar="FILE"),
    ] = None,
    prefix: PrefixOption = False,
    clip: ClipOption = False,
    resamples: Annotated[int, typer.Option(help="Bootstrap resamples of the pictures.", min=99, max=99_999)] = 999,
    seed: Annotated[int, typer.Option(help="Of the resamples.", min=0)] = 0,
    scores: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Write each rated caption with its scores into this .csv.", metavar="FILE"),
    ] = None,
    no_cache: NoCacheOption = False,
    as_json: JsonOption = False,
) -> None:
    """Correlate CLIPScore, I0T-Score and RefCLIPScore with human ratings, with intervals and a paired test."""
    from modgap.cli import score_tables as caption_tables
    from modgap.cli import terminal
    from modgap.evaluation.captions import Background
    from modgap.evaluation.captions.rated import score_ratings
    from modgap.evaluation.captions.ratings import read_ratings

    with terminal.vector_cache(off=no_cache) as cache, terminal.progress_bars() as progress:
        read = read_ratings(ratings, images)
        loaded = modgap.Calibration.load(calibration) if calibration else None
        encoder = modgap.load_encoder(model).with_cache(cache)
        background = None
        if loaded is not None:
            background = Background.of_calibration(loaded, model=encoder.name, dimension=encoder.dimension)
        scored = score_ratings(read, encoder, background=background, prefix=prefix, clip=clip, progress=progress)
        if scores is not None:
            scored.write(scores)
        found = scored.agreement(resamples=resamples, seed=seed, progress=progress)
    if scored.cut:
        terminal.print_warnings([f"{scored.cut:,} captions are longer than the model reads; their end counts nothing."])
    if as_json:
        caption_tables.print_left_out(read)
        head = {"ratings": str(ratings), "model": encoder.name, "means": scored.source, "prefix": prefix, "clip": clip}
        terminal.print_json({**head, **_agreement_json(found), "left_out": dict(read.left_out)})
    else:
        caption_tables.print_agreement(found, read, scored.source)


def _background(
    encoder: Encoder, calibration: modgap.Calibration | None, corpus: str | None, prefix: bool, progress: Progress
) -> Background:
    """Means and pairs from what was given: a calibration, a corpus, both, or else the sample corpus."""
    from modgap.evaluation.captions import Background
    from modgap.io.assets import asset_path

    if calibration is not None and corpus is None:
        return Background.of_calibration(calibration, model=encoder.name, dimension=encoder.dimension)
    source = asset_path("sample", "corpus") if corpus is None else corpus
    collection = modgap.Collection.encode(modgap.read_corpus(source), encoder, cache=encoder.cache, progress=progress)
    words = "the sample corpus" if corpus is None else corpus
    return Background.of_collection(collection, words, prefix=prefix, means=calibration, progress=progress)


def _agreement_json(found: Agreement) -> dict[str, Any]:
    """Plain JSON values; what is not defined is null."""

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
