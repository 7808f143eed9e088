"""Pictures and texts that a corpus says belong together, for the metrics of alignment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from modgap.corpus import Corpus
from modgap.corpus.fused import FusedItems
from modgap.encoders import Encoder
from modgap.engines.base import Engine
from modgap.items import Item, Modality
from modgap.metrics.gap import Pairs
from modgap.progress import Progress, silent


def known_pairs(
    corpus: Corpus | None,
    items: Sequence[Item],
    engine: Engine,
    encoder: Encoder | None,
    fused: FusedItems | None = None,
    *,
    progress: Progress = silent,
) -> Pairs | None:
    """(p, d) vectors of pictures and of their texts, row by row; None where the corpus says nothing.

    Those of a file of paired vectors; else of items that are both at once; else pictures and their captions, where
    there are any and an encoder is.
    """
    if corpus is not None and corpus.pairs is not None:
        images, texts = (engine.vectors_of(rows) for rows in corpus.pairs.T)
        return images, texts
    if fused is not None and (pairs := fused.pairs(items)).size:
        images, texts = (engine.vectors_of(rows) for rows in pairs.T)
        return images, texts
    rows = [row for row, item in enumerate(items) if item.caption and item.modality is Modality.IMAGE]
    if encoder is None or not rows:
        return None
    captions = [items[row].caption or "" for row in rows]
    return engine.vectors_of(np.asarray(rows)), encoder.encode_texts(captions, progress=progress)
