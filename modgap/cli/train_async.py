"""`modgap train-async`: train the normalisers of I0T_async on pairs, or on a corpus without captions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from modgap.cli import terminal
from modgap.cli.open_collection import open_collection
from modgap.cli.options import JsonOption, ModelNameOption, ModelOption, NoCacheOption, PrecisionOption
from modgap.items import Modality

if TYPE_CHECKING:
    from modgap.methods.i0t.training import Trained
    from modgap.search.collection import Collection

_GIVEN = "given pairs"


def train_async(
    pairs: Annotated[
        str,
        typer.Argument(
            help="A corpus whose pictures have captions; paired vectors .npz (image, text); or any mixed corpus, whose "
            "pictures and passages are then paired as each other's nearest.",
            metavar="PAIRS",
        ),
    ],
    out: Annotated[Path, typer.Option(help="The file for the weights.")] = Path("async.safetensors"),
    model: ModelOption = None,
    precision: PrecisionOption = "float32",
    model_name: ModelNameOption = None,
    joint: Annotated[bool, typer.Option("--joint", help="Train both normalisers at once, not in turns.")] = False,
    rounds: Annotated[int, typer.Option(help="The most epochs of each normaliser.", min=1)] = 15,
    batch: Annotated[int, typer.Option(help="Pairs in a batch.")] = 128,
    rate: Annotated[float, typer.Option(help="Learning rate of AdamW.")] = 3e-3,
    dropout: Annotated[float, typer.Option(help="Train on two dropouts of each pair; the paper's share is 0.1.")] = 0.0,
    seed: Annotated[int, typer.Option(help="For batches and held-out pairs.", min=0)] = 0,
    no_cache: NoCacheOption = False,
    as_json: JsonOption = False,
) -> None:
    """Train I0T_async, one normaliser per encoder; a stopped run resumes from its checkpoint."""
    from modgap.engines.devices import best_device
    from modgap.methods.i0t import pairs_of_corpus, save_normalisers
    from modgap.methods.i0t.training import TrainingSettings, train

    if out.exists() and Path(pairs).exists() and out.samefile(pairs):
        raise typer.BadParameter("is the file of the pairs, which the weights would replace.", param_hint="--out")
    settings = TrainingSettings(rounds=rounds, batch=batch, rate=rate, dropout=dropout, joint=joint, seed=seed)
    with open_collection(pairs, model=model, precision=precision, model_name=model_name, no_cache=no_cache) as (
        collection,
        progress,
    ):
        known = collection.known_pairs(progress=progress)
        if known is None:
            images, texts, origin = pairs_of_corpus(collection.vectors, collection.modality)
        else:
            images, texts = known
            origin = _GIVEN
        trained = train(
            images,
            texts,
            settings,
            model=collection.model,
            origin=origin,
            checkpoint=out.with_name(f"{out.name}.part"),
            device=best_device(images.shape[0], batch * rounds, collection.dimension),
            progress=progress,
        )
        save_normalisers(out, trained.normalisers)
    if origin == _GIVEN:
        terminal.print_warnings(_caption_warnings(collection))
    if as_json:
        terminal.print_json(
            {
                "weights": str(out),
                "model": trained.normalisers.model,
                "dimension": trained.normalisers.dimension,
                "pairs": trained.pairs,
                "origin": origin,
                "best_round": trained.best + 1,
                "stopped_early": trained.stopped_early,
                "rounds": [{"loss": each.loss, "centroid_distance": each.gap} for each in trained.rounds],
            }
        )
    else:
        print_training(trained)
    terminal.log.print(f"Saved to {out}", markup=False)


def print_training(trained: Trained) -> None:
    """Loss and gap of each round on held-out pairs; the round that was kept is marked."""
    table = Table(title=f"{trained.pairs:,} pairs; measured on held-out pairs")
    for heading in ("round", "loss", "centroid distance", ""):
        table.add_column(heading, justify="right")
    for place, each in enumerate(trained.rounds):
        kept = "kept" if place == trained.best else ""
        table.add_row(str(place + 1), f"{each.loss:.4f}", f"{each.gap:.3f}", kept)
    terminal.out.print(table)
    if trained.stopped_early:
        terminal.out.print("Stopped early: the loss no longer fell.")


def _caption_warnings(collection: Collection) -> list[str]:
    """How many pictures lack a caption, and how many captions the model cuts; empty for precomputed vectors."""
    if collection.encoder is None:
        return []
    captions = [item.caption for item in collection.items if item.caption and item.modality is Modality.IMAGE]
    uncaptioned = sum(item.modality is Modality.IMAGE and not item.caption for item in collection.items)
    cut = sum(collection.encoder.longer_than_read(captions))
    warnings = []
    if uncaptioned:
        warnings.append(f"{uncaptioned:,} of the pictures have no caption and were left out.")
    if cut:
        warnings.append(f"{cut:,} of the captions are longer than the model reads; their end is ignored.")
    return warnings
