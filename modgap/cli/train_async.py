"""`modgap train-async`: learn the normalisers of I0T_async from pairs, or from an uncaptioned corpus."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from modgap.cli.options import JsonOption, ModelOption, NoCacheOption


def train_async(
    pairs: Annotated[
        str,
        typer.Argument(
            help="A corpus whose pictures have captions, an .npz of paired vectors (image, text), or any mixed corpus, "
            "whose pictures and passages that are each other's nearest are then taken for pairs.",
            metavar="PAIRS",
        ),
    ],
    out: Annotated[Path, typer.Option(help="Where the weights are written.")] = Path("async.safetensors"),
    model: ModelOption = None,
    joint: Annotated[bool, typer.Option("--joint", help="Train both normalisers at once, not in turns.")] = False,
    rounds: Annotated[int, typer.Option(help="Epochs of each normaliser at most.", min=1)] = 15,
    batch: Annotated[int, typer.Option(help="Pairs in a batch.")] = 128,
    rate: Annotated[float, typer.Option(help="Learning rate of AdamW.")] = 3e-3,
    dropout: Annotated[float, typer.Option(help="Train on two dropouts of each pair; the paper's share is 0.1.")] = 0.0,
    seed: Annotated[int, typer.Option(help="Of batches and of the held-out pairs.", min=0)] = 0,
    no_cache: NoCacheOption = False,
    as_json: JsonOption = False,
) -> None:
    """Train I0T_async: one normalisation for each encoder; a run that was stopped goes on where it was."""
    from modgap.cli import terminal
    from modgap.cli.open_collection import encoded
    from modgap.engines.devices import best_device
    from modgap.items import Modality
    from modgap.methods.i0t import pairs_of_corpus, save_normalisers
    from modgap.methods.i0t.training import Settings, train

    if out.exists() and Path(pairs).exists() and out.samefile(pairs):
        raise typer.BadParameter("is the file of the pairs, which the weights would replace.", param_hint="--out")
    settings = Settings(rounds=rounds, batch=batch, rate=rate, dropout=dropout, joint=joint, seed=seed)
    with terminal.vector_cache(off=no_cache) as cache, terminal.progress_bars() as progress:
        collection = encoded(pairs, model, cache, progress)
        known = collection.known_pairs(progress=progress)
        if known is None:
            images, texts, origin = pairs_of_corpus(collection.vectors, collection.modality)
        else:
            images, texts = known
            origin = "given pairs"
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
    terminal.print_corpus(collection)
    uncaptioned = sum(item.modality is Modality.IMAGE and not item.caption for item in collection.items)
    if origin == "given pairs" and collection.encoder is not None:
        cut = sum(collection.encoder.longer_than_read([item.caption for item in collection.items if item.caption]))
        left_out = f"{uncaptioned:,} of the pictures have no caption and were left out."
        longer = f"{cut:,} of the captions are longer than the model reads; their end counts for nothing."
        terminal.print_warnings([said for count, said in ((uncaptioned, left_out), (cut, longer)) if count])
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
        terminal.print_training(trained)
    terminal.log.print(f"Saved to {out}", markup=False)
