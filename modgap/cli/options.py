"""Arguments and options that commands share, with the words that `--help` says of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

CorpusArgument = Annotated[
    str,
    typer.Argument(
        help="A folder, a .zip of one, a table (.jsonl .csv .tsv .parquet), a .npz of vectors.", metavar="CORPUS"
    ),
]
LinesOption = Annotated[bool, typer.Option("--lines", help="Each line of a .txt file is a passage of its own.")]
ModelOption = Annotated[
    Optional[str],  # noqa: UP045 - typer reads it at run time on Python 3.10
    typer.Option("--model", help="Bundled by default; NAME/TAG of open_clip, or NAME/PATH.", metavar="NAME"),
]
METHODS_HELP = (  # written out: `--help` need not wait for numpy
    "standardized, raw, i0t_post, i0t_post+standardized, i0t_async, i0t_async+standardized, minmax, per_query_z, dbsf, "
    "rrf, mind_the_gap, gr_clip, dn, nnn"
)


def _figure_path(path: Optional[Path]) -> Optional[Path]:  # noqa: UP045
    """Refuse a wrong ending before the work, not after it."""
    if path is None:
        return None
    from modgap.plots import figure_path

    return figure_path(path)


NoCacheOption = Annotated[
    bool, typer.Option("--no-cache", help="Compute every vector anew; neither read nor write the cache.")
]
PlotOption = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--plot", help="Draw the figure, .png or .svg.", metavar="FILE", callback=_figure_path),
]
AsyncOption = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--async", help="What I0T_async takes: a file of `modgap train-async`.", metavar="WEIGHTS"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
