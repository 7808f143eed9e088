"""Vectors that ship beside a model's weights: a `.safetensors` file of keys (n, 32) and vectors (n, d).

A key is the SHA-256 of the content, as in the vector cache. The header names the weights that computed the vectors and
holds a hash of both. A file of other weights, or a damaged one, reads as empty: the vectors are then computed.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from modgap.vectors import Vectors

FORMAT = "modgap.shipped_vectors/2"
KEY_BYTES = 32
log = logging.getLogger("modgap")


def write_shipped_vectors(path: Path, vectors: Mapping[bytes, Vectors], *, weights: str) -> None:
    """Write vectors (d,) by key. weights: the hash of the weights that computed them."""
    from safetensors.numpy import save

    keys = np.frombuffer(b"".join(vectors), dtype=np.uint8).reshape(-1, KEY_BYTES)
    rows = np.stack(list(vectors.values())).astype(np.float32)
    header = {"format": FORMAT, "weights": weights, "content": _hash(keys, rows)}
    path.write_bytes(save({"keys": keys, "vectors": rows}, metadata=header))


def read_shipped_vectors(path: Path, *, weights: str) -> dict[bytes, Vectors]:
    """Vectors (d,) by key; empty where there is no file, or it is damaged or belongs to other weights."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            header = file.metadata() or {}
            keys, vectors = file.get_tensor("keys"), file.get_tensor("vectors")
    except (OSError, SafetensorError) as error:
        log.debug("no shipped vectors: %s", error)
        return {}
    if (header.get("format"), header.get("weights"), header.get("content")) != (FORMAT, weights, _hash(keys, vectors)):
        log.debug("%s belongs to other weights", path)
        return {}
    if vectors.dtype != np.float32 or vectors.ndim != 2 or len(vectors) != len(keys) or not np.isfinite(vectors).all():
        log.debug("%s is damaged", path)
        return {}
    return {key.tobytes(): vector for key, vector in zip(keys, vectors, strict=True)}


def _hash(*arrays: np.ndarray) -> str:
    return hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()
