"""`--ray`: the work of `modgap index` and `modgap calibrate` on a Ray cluster."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

import modgap
from modgap.cli import terminal
from modgap.progress import Progress

if TYPE_CHECKING:
    from modgap.corpus import Limits
    from modgap.corpus.columns import ColumnChoice

RayOption = Annotated[
    bool, typer.Option("--ray", help="Do the work on a Ray cluster: a running one, or one started on this machine.")
]
RayAddressOption = Annotated[
    Optional[str],  # noqa: UP045 - typer reads it at run time on Python 3.10
    typer.Option(help="The cluster for --ray; RAY_ADDRESS by default.", metavar="HOST:PORT"),
]


def require_ray(ray: bool, address: str | None) -> None:
    """Raise typer.BadParameter for an address without --ray."""
    if address is not None and not ray:
        raise typer.BadParameter("names the cluster for --ray: give both.", param_hint="--ray-address")


@contextlib.contextmanager
def encoded_on_ray(
    corpus: str,
    out: Path,
    address: str | None,
    *,
    model: str | None,
    precision: str,
    lines: bool,
    no_cache: bool,
    limits: Limits,
    columns: ColumnChoice,
) -> Iterator[tuple[modgap.Collection, Progress]]:
    """The corpus encoded on the cluster; as `open_collection`, whose parameters have the same names.

    Finished blocks lie beside `out` until the body has ended well, so that a second run takes them.
    """
    from modgap.distributed import RayCluster, encode_in_blocks
    from modgap.distributed.parts import discard_blocks

    place = out.expanduser().absolute()
    blocks = place.with_name(f".{place.name}.modgap-blocks")
    with terminal.cache_and_progress(no_cache=no_cache) as (cache, progress):
        read = modgap.read_corpus(corpus, lines=lines, limits=limits, columns=columns)
        with RayCluster(address) as cluster:
            encoded = encode_in_blocks(read, blocks, cluster, model=model, precision=precision, progress=progress)
        encoder = modgap.load_encoder(model, precision=precision)
        collection = modgap.Collection(
            encoded.items,
            encoded.vectors,
            encoder=encoder.with_cache(cache) if cache is not None else encoder,
            skipped=[*read.skipped, *encoded.skipped],
            corpus=read,
        )
        yield collection, progress
    discard_blocks(blocks)
    terminal.print_corpus(collection)


@contextlib.contextmanager
def opened_on_ray(
    folder: str, address: str | None, *, model: str | None, precision: str, no_cache: bool
) -> Iterator[tuple[modgap.Collection, Progress]]:
    """An index folder whose shards answer on the cluster; as `open_collection`.

    Raises typer.BadParameter for a corpus that is no index folder, ModelError for a model that did not make it.
    """
    from modgap.corpus.index_folder import VECTORS, is_index_folder, read_index
    from modgap.corpus.item_columns import group_modality, groups_of
    from modgap.distributed import RayCluster, ShardedEngine
    from modgap.encoders.base import require_vectors_of
    from modgap.search.saved import encoder_of_index

    path = Path(folder).expanduser().absolute()
    if not is_index_folder(path):
        raise typer.BadParameter(
            f"{folder} is not an index folder: write one with modgap index {folder} --out FOLDER --ray.",
            param_hint="--ray",
        )
    corpus = read_index(path)
    assert corpus.vectors is not None  # an index folder has them
    encoder = modgap.load_encoder(model, precision=precision) if model is not None else encoder_of_index(corpus)
    if encoder is not None:
        require_vectors_of(encoder, corpus.vectors, corpus.model)
    with terminal.cache_and_progress(no_cache=no_cache) as (cache, progress), RayCluster(address) as cluster:
        engine = ShardedEngine(
            corpus.vectors,
            groups_of(corpus.items),
            path / VECTORS,
            cluster,
            group_modality=group_modality(corpus.items),
        )
        collection = modgap.Collection(
            corpus.items,
            corpus.vectors,
            encoder=encoder.with_cache(cache) if encoder is not None and cache is not None else encoder,
            model=corpus.model or "vectors",
            corpus=corpus,
            engine=engine,
        )
        yield collection, progress
    terminal.print_corpus(collection)
