"""The vectors of a corpus as a method moves them: in memory where they are few, else block by block into a mapped file.

A second copy of a million vectors would be 2 GB of memory for each method that moves them; in a file they are the
system's to keep in memory or not.
"""

from __future__ import annotations

from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from modgap.engines.base import Move
from modgap.io.process_folder import new_folder
from modgap.vectors import Vectors

IN_MEMORY = 256_000_000  # bytes up to which a copy lies in memory
_BLOCK = 16384  # rows moved at once


def moved_vectors(vectors: Vectors, item_groups: NDArray[np.str_], move: Move) -> Vectors:
    """Vectors (n, d) of the groups (n,) after a move, (n, d'); the same object where nothing moves.

    A move works row by row, so blocks give what the whole gives.
    """
    if vectors.nbytes <= IN_MEMORY:
        return move(vectors, item_groups)
    block = vectors[:_BLOCK]
    first = move(block, item_groups[:_BLOCK])
    if first is block:
        return vectors
    path = new_folder("moved") / "vectors.npy"
    moved = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(vectors.shape[0], first.shape[1]))
    moved[:_BLOCK] = first
    for start in range(_BLOCK, vectors.shape[0], _BLOCK):
        places = slice(start, start + _BLOCK)
        moved[places] = move(vectors[places], item_groups[places])
    with suppress(OSError):  # Windows removes no mapped file; the process's folder is removed at its end
        path.unlink()
        path.parent.rmdir()
    return moved
