"""Arguments and options that several commands share, with their help texts, and the checks of names given to them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from modgap.errors import ModgapError

if TYPE_CHECKING:
    from modgap.corpus.columns import ColumnChoice

MODEL_HELP = "NAME/TAG of open_clip, or NAME/PATH; the bundled model by default. For vectors: the one that made them."
METHODS_HELP = (  # a literal, so that `--help` does not import the methods and numpy with them
    "calibrated, standardized, raw, i0t_post, i0t_post+standardized, i0t_async, i0t_async+standardized, minmax, "
    "relative_score, per_query_z, dbsf, rrf, mind_the_gap, gr_clip, dn, realign, coral, "
    "nnn, inverted_softmax, qb_norm, sinkhorn"
)


def require_known(name: str, known: Iterable[str], *, noun: str, option: str) -> None:
    """Raise typer.BadParameter, listing the known names, for a name that is not one of them."""
    known = list(known)
    if name not in known:
        raise typer.BadParameter(f'there is no {noun} "{name}". Known: {", ".join(known)}.', param_hint=option)


def require_method(name: str, *, option: str, also: Iterable[str] = ()) -> None:
    """Raise typer.BadParameter, listing the known names, for an unknown method or a stack that cannot be made.

    also: names that the command knows besides `modgap.methods.METHODS`.
    """
    from modgap.methods import METHODS, method_by_name

    also = list(also)
    if name in also:
        return
    if not all(part in METHODS for part in name.split("+")):
        known = ", ".join([*METHODS, *also])
        raise typer.BadParameter(f'there is no method "{name}". Known: {known}; a+b stacks two.', param_hint=option)
    try:
        method_by_name(name)
    except ModgapError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error


def _fusion(name: str) -> str:
    """Refuse an unknown fusion; the names are a literal, as for the precision."""
    require_known(name, ("max", "mean"), noun="fusion", option="--fusion")
    return name


def column_choice(text: str | None, image: str | None, identity: str | None, group: str | None) -> ColumnChoice:
    """The columns that --text-columns, --image-column, --id-column and --group-column name."""
    from modgap.corpus.columns import ColumnChoice

    names = tuple(name.strip() for name in (text or "").split(",") if name.strip())
    return ColumnChoice(names, image or "", identity or "", group or "")


def _figure_path(path: Optional[Path]) -> Optional[Path]:  # noqa: UP045
    """Refuse a wrong file name ending before the work, not after it."""
    if path is None:
        return None
    from modgap.plots import figure_path

    return figure_path(path)


def _precision(name: str) -> str:
    """Refuse an unknown precision. The names are a literal, so that `--help` imports no encoder."""
    require_known(name, ("auto", "float32", "bfloat16", "int8"), noun="precision", option="--precision")
    return name


CorpusArgument = Annotated[
    str,
    typer.Argument(
        help="A folder, a .zip of one, a table (.jsonl .csv .tsv .parquet), vectors (.npz), an index folder, or the "
        "URL of a live engine.",
        metavar="CORPUS",
    ),
]
LinesOption = Annotated[bool, typer.Option("--lines", help="Read each line of a .txt file as a separate passage.")]
ModelOption = Annotated[
    Optional[str],  # noqa: UP045 - typer reads it at run time on Python 3.10
    typer.Option("--model", help=MODEL_HELP, metavar="NAME"),
]
ModelNameOption = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(help="For vectors: the name of the model that made them, kept in calibrations.", metavar="NAME"),
]
PrecisionOption = Annotated[
    str,
    typer.Option(
        "--precision",
        help="Of pictures on a CPU: float32, bfloat16, int8, or auto, the fastest that gives the same vectors here.",
        metavar="NAME",
        callback=_precision,
    ),
]
FusionOption = Annotated[
    str,
    typer.Option(
        "--fusion",
        help="Of an item that is a picture and a text at once: max, either fits, or mean, both fit.",
        metavar="NAME",
        callback=_fusion,
    ),
]
TextColumnsOption = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(help="Of a table: columns of text, with commas between; usual names by default.", metavar="NAMES"),
]
ImageColumnOption = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(help="Of a table: the column of pictures' paths.", metavar="NAME"),
]
IdColumnOption = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(help="Of a table: the column of ids.", metavar="NAME"),
]
GroupColumnOption = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(help="Of a table: the column of groups.", metavar="NAME"),
]
NoCacheOption = Annotated[
    bool, typer.Option("--no-cache", help="Compute every vector again; do not read or write the cache.")
]
PlotOption = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--plot", help="Draw the figure, .png or .svg.", metavar="FILE", callback=_figure_path),
]
AsyncOption = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--async", help="Weights for I0T_async, from `modgap train-async`.", metavar="WEIGHTS"),
]
PrefixOption = Annotated[
    bool, typer.Option("--prefix/--no-prefix", help='Write "A photo depicts" before each text, as CLIPScore does.')
]
ClipOption = Annotated[bool, typer.Option("--clip/--no-clip", help="Set I0T-Scores below zero to 0.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
