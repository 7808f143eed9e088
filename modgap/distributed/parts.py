"""Encode a corpus in blocks: each is read, decoded and encoded by a worker, and kept on disk as soon as it is there.

A run that was stopped goes on with the blocks that are missing, and a block that was lost with its machine is encoded
again. Pictures are read where the block is encoded, so that every machine must reach them under the same path.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from modgap.corpus import Corpus, Skipped
from modgap.corpus.lazy_items import item_to_json
from modgap.distributed.mapping import Mapping
from modgap.encoders import Encoder, load_encoder
from modgap.encoders.encode_items import Encoded, encode_items
from modgap.errors import CorpusError, ModgapError
from modgap.io.disk_room import require_room
from modgap.items import Item
from modgap.progress import Progress, silent
from modgap.vectors import Vectors

BLOCK = 2048  # items: half a minute of work on a CPU, and 4 MB of vectors


@dataclass(frozen=True)
class Block:
    """A part of a corpus that one worker encodes, and the model it takes, as `load_encoder` has it."""

    items: list[Item]
    model: str | None
    precision: str


@dataclass(frozen=True)
class EncodedBlock:
    """The places, in the block, of the items that could be encoded, their vectors (n, d), and (id, reason) of others.

    fingerprint: of the encoder that made the vectors.
    """

    kept: list[int]
    vectors: Vectors
    skipped: list[tuple[str, str]]
    fingerprint: str


def encode_in_blocks(
    corpus: Corpus,
    folder: Path,
    map_over: Mapping,
    *,
    model: str | None = None,
    precision: str = "float32",
    block: int = BLOCK,
    progress: Progress = silent,
) -> Encoded:
    """The items of a corpus of files with their vectors (n, d), in the order of the corpus.

    folder: holds the finished blocks; those of an earlier run of the same corpus and model are taken from it.
    `discard_blocks` removes it once the vectors are safe elsewhere.
    map_over: runs the blocks, on one machine or many. model, precision: as `load_encoder` takes them.
    Raises CorpusError for a corpus of precomputed vectors or a folder that cannot be written; ModgapError for a block
    that fails everywhere, or was encoded by weights that differ from those of the others.
    """
    if corpus.vectors is not None:
        raise CorpusError("The corpus holds vectors already: there is nothing to encode.")
    items = list(corpus.items)
    blocks = [Block(items[start : start + block], model, precision) for start in range(0, len(items), block)]
    files = [folder / f"{_digest(each)}.npz" for each in blocks]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found = {place: read for place, path in enumerate(files) if (read := _read_block(path)) is not None}
        missing = [place for place in range(len(blocks)) if place not in found]
        done = sum(len(blocks[place].items) for place in found)
        progress("Encoding blocks", done, len(items))
        for number, encoded in map_over(encode_block, [blocks[place] for place in missing]):
            place = missing[number]
            _write_block(files[place], encoded)
            found[place] = encoded
            done += len(blocks[place].items)
            progress("Encoding blocks", done, len(items))
    except OSError as error:
        raise CorpusError(f"{folder} cannot be written: {error.strerror or error}.") from error
    return _joined(blocks, [found[place] for place in range(len(blocks))])


def discard_blocks(folder: Path) -> None:
    """Remove the folder of finished blocks."""
    shutil.rmtree(folder, ignore_errors=True)


def encode_block(block: Block) -> EncodedBlock:
    """Encode one block here. The model is loaded once a process and stays."""
    encoder = _encoder(block.model, block.precision)
    encoded = encode_items(block.items, encoder)
    places = {item.id: place for place, item in enumerate(block.items)}
    return EncodedBlock(
        [places[item.id] for item in encoded.items],
        encoded.vectors,
        [(each.id, each.reason) for each in encoded.skipped],
        encoder.fingerprint,
    )


@functools.lru_cache(maxsize=1)
def _encoder(model: str | None, precision: str) -> Encoder:
    return load_encoder(model, precision=precision)


def _digest(block: Block) -> str:
    """A name that changes with the items of a block, the files behind them, or the model."""
    digest = hashlib.sha256(json.dumps([block.model, block.precision, len(block.items)]).encode())
    for item in block.items:
        digest.update(json.dumps([item_to_json(item, None), _version(item.path)]).encode())
    return digest.hexdigest()[:32]


def _version(path: Path | None) -> list[int] | None:
    """Time of the last change in nanoseconds, and size in bytes; None where there is no file."""
    try:
        found = path.stat() if path is not None else None
    except OSError:
        return None
    return None if found is None else [found.st_mtime_ns, found.st_size]


def _write_block(path: Path, block: EncodedBlock) -> None:
    require_room(path.parent, block.vectors.nbytes)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.savez(
            file,
            kept=np.asarray(block.kept, dtype=np.int64),
            vectors=block.vectors,
            skipped=json.dumps(block.skipped),
            fingerprint=block.fingerprint,
        )
    os.replace(part, path)


def _read_block(path: Path) -> EncodedBlock | None:
    """A finished block; None where there is none, or a broken one, which is then encoded again."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            skipped = [(str(item), str(reason)) for item, reason in json.loads(str(arrays["skipped"]))]
            return EncodedBlock(arrays["kept"].tolist(), arrays["vectors"], skipped, str(arrays["fingerprint"]))
    except Exception:  # NumPy and zipfile raise errors of many families on broken files
        return None


def _joined(blocks: Sequence[Block], encoded: Sequence[EncodedBlock]) -> Encoded:
    """All blocks as one. Raises ModgapError where workers had different weights under one name."""
    if len({each.fingerprint for each in encoded}) > 1:
        raise ModgapError(
            "The workers have different weights of the model under one name: give every machine the same ones, remove "
            "the finished blocks, and encode again."
        )
    items = [block.items[place] for block, each in zip(blocks, encoded, strict=True) for place in each.kept]
    skipped = [Skipped(item, reason) for each in encoded for item, reason in each.skipped]
    return Encoded(items, np.concatenate([each.vectors for each in encoded]), skipped)
