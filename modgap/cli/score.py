"""`modgap score`: how well captions fit their picture, and which words help or hurt."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer
from rich.markup import escape
from rich.table import Table
from rich.text import Text

import modgap
from modgap.cli import terminal
from modgap.cli.options import ClipOption, JsonOption, ModelOption, NoCacheOption, PrecisionOption, PrefixOption

if TYPE_CHECKING:
    from modgap.encoders import Encoder
    from modgap.evaluation.captions import Background, Captioned, CaptionScore
    from modgap.progress import Progress

_STYLES = {1: "bold green", -1: "bold red", 0: ""}
_SIGNS = {1: "+", -1: "-", 0: ""}


def score(
    image: Annotated[Path, typer.Argument(help="A picture.", metavar="IMAGE")],
    captions: Annotated[list[str], typer.Argument(help="One or more captions, each in quotes.", metavar="CAPTION...")],
    model: ModelOption = None,
    precision: PrecisionOption = "float32",
    calibration: Annotated[
        Optional[Path],  # noqa: UP045 - typer reads it at run time on Python 3.10
        typer.Option(help="A saved calibration with the means for I0T-Score.", metavar="FILE"),
    ] = None,
    corpus: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="A corpus to compare the scores with; the sample corpus by default.", metavar="CORPUS"),
    ] = None,
    reference: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="A caption known to be right, for RefCLIPScore; repeat it for several.", metavar="TEXT"),
    ] = None,
    prefix: PrefixOption = False,
    clip: ClipOption = False,
    explain: Annotated[
        bool, typer.Option(help="Compare each score with the corpus, and mark the words that help or hurt.")
    ] = True,
    no_cache: NoCacheOption = False,
    as_json: JsonOption = False,
) -> None:
    """Score captions of a picture by CLIPScore and I0T-Score, and explain the scores word by word."""
    from modgap.evaluation.captions import picture_vector, score_captions

    loaded = modgap.Calibration.load(calibration) if calibration else None
    with terminal.cache_and_progress(no_cache=no_cache) as (cache, progress):
        encoder = modgap.load_encoder(model, precision=precision).with_cache(cache)
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
        print_captioned(str(image), found)


def print_captioned(image: str, found: Captioned) -> None:
    """Scores as a table; for each caption the words that help (+) and hurt (-), by score."""
    from modgap.evaluation.captions.scoring import SCORES, TITLES

    terminal.out.print(Text(image, style="bold"))
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
    terminal.out.print(table)
    standing = found.captions[0].standing
    if standing:
        means = ", ".join(f"{TITLES[name]} {each.mean_pair:.3f}" for name, each in standing.items())
        terminal.out.print(f"The mean pair: {means} ({found.background.pairs}).", markup=False, highlight=False)
    if any(each.words for each in found.captions):
        terminal.out.print("\nWords that help (+) and hurt (-); change of the score by the word:", highlight=False)
        for each in found.captions:
            for name in SCORES:
                terminal.out.print(_marked_words(each, name, TITLES[name]))
    terminal.log.print(f"I0T-Score's means: {found.background.source}.", markup=False, highlight=False)
    terminal.print_warnings(found.notes)


def _marked_words(each: CaptionScore, score: str, title: str) -> Text:
    """One line: the words of a caption, coloured and signed by their effect on one score."""
    line = Text(f"  {title:<10}")
    effects = [word.effect[score] for word in each.words]
    for (word, sign), effect in zip(each.marked(score), effects, strict=True):
        shown = f" {_SIGNS[sign]}{word}({effect:+.3f})" if sign else f" {word}"
        line.append(shown, style=_STYLES[sign])
    return line


def _background(
    encoder: Encoder, calibration: modgap.Calibration | None, corpus: str | None, prefix: bool, progress: Progress
) -> Background:
    """Means and pairs from the calibration, the corpus or both; from the sample corpus where neither is given."""
    from modgap.evaluation.captions import Background
    from modgap.io.assets import asset_path

    if calibration is not None and corpus is None:
        return Background.from_calibration(calibration, model=encoder.name, dimension=encoder.dimension)
    source = asset_path("sample", "corpus") if corpus is None else corpus
    read = modgap.read_corpus(source)
    own = encoder if read.vectors is None else None  # vectors of an unknown model are refused below
    collection = modgap.Collection.encode(read, own, cache=encoder.cache, progress=progress)
    source_name = "the sample corpus" if corpus is None else corpus
    return Background.from_collection(collection, source_name, prefix=prefix, means=calibration, progress=progress)
