"""A collection in an index folder: what `Collection.save` writes, and what opening a folder brings back."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from modgap.calibration import Calibration
from modgap.corpus import Corpus
from modgap.corpus.index_folder import CALIBRATION, write_index
from modgap.encoders import Encoder, load_encoder
from modgap.encoders.lazy import LazyEncoder
from modgap.engines.base import Engine
from modgap.engines.hnsw import HnswEngine
from modgap.engines.indexes import index_name
from modgap.engines.recall import Recall
from modgap.items import Item
from modgap.vectors import Vectors


def save_index(
    folder: Path,
    items: Sequence[Item],
    vectors: Vectors,
    engine: Engine,
    *,
    model: str,
    encoder: Encoder | None,
    fingerprint: str,
    corpus: Corpus | None,
    calibration: Calibration | None,
    recall: Sequence[Recall],
) -> Path:
    """Write items, vectors (n, d), calibration and the graphs of an approximate index as an index folder.

    model: of the vectors, empty where unknown. recall: of the index, as it was measured.
    Raises CorpusError if something else lies there, or the folder cannot be written.
    """
    source = corpus.source if corpus is not None else None
    graphs = engine if isinstance(engine, HnswEngine) else None
    described = {"name": index_name(engine), "recall": [asdict(each) for each in recall]}
    return write_index(
        folder,
        items,
        vectors,
        model=model,
        encoder=encoder.name if encoder is not None else "",
        fingerprint=fingerprint,
        root=source if source is not None and source.is_dir() else None,
        calibration=calibration.to_json() if calibration is not None else None,
        index=described if graphs is not None else None,
        write_more=graphs.save if graphs is not None else None,
    )


def encoder_of_index(corpus: Corpus) -> Encoder | None:
    """The encoder that an index folder names, loaded at its first use; None for any other corpus."""
    if not corpus.encoder or corpus.vectors is None:
        return None
    return LazyEncoder(corpus.encoder, int(corpus.vectors.shape[1]), lambda: load_encoder(corpus.encoder))


def saved_engine(
    corpus: Corpus | None, vectors: Vectors, item_groups: NDArray[np.str_], group_modality: Mapping[str, str]
) -> HnswEngine | None:
    """The approximate index that lies in the index folder of a corpus; None where there is none.

    Raises EngineError, naming the file, for one that is broken or of other vectors.
    """
    if corpus is None or corpus.source is None or corpus.index.get("name") != "hnsw":
        return None
    return HnswEngine(vectors, item_groups, group_modality=group_modality).open_graphs(corpus.source)


def saved_recall(corpus: Corpus) -> list[Recall]:
    """The recall of that index, as it was measured when the folder was written; empty where it cannot be read."""
    with contextlib.suppress(KeyError, TypeError, ValueError):
        return [Recall.from_json(each) for each in corpus.index["recall"]]
    return []


def saved_calibration(corpus: Corpus | None) -> Calibration | None:
    """The calibration that lies in the index folder of a corpus; None where there is none.

    Raises CalibrationError for a file that is not a calibration.
    """
    if corpus is None or not corpus.fingerprint or corpus.source is None:
        return None
    path = corpus.source / CALIBRATION
    return Calibration.load(path) if path.is_file() else None
