"""The vectors of a corpus as a method moves them: in memory where they are few, else block by block into a mapped file.

A second copy of a million vectors would be 2 GB of memory for each method that moves them; in a file they are the
system's to keep in memory or not.
"""

from __future__ import annotations

from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from modgap.engines.base import Move
from modgap.errors import EngineError
from modgap.io.disk_room import require_room
from modgap.io.process_folder import new_folder
from modgap.vectors import Vectors

IN_MEMORY = 256_000_000  # bytes up to which a copy lies in memory
_BLOCK = 16384  # rows moved at once


def moved_vectors(vectors: Vectors, item_groups: NDArray[np.str_], move: Move) -> Vectors:
    """Vectors (n, d) of the groups (n,) after a move, (n, d'); the same object where nothing moves.

    A move works row by row, so blocks give what the whole gives. Raises EngineError where the file has no room.
    """
    if vectors.nbytes <= IN_MEMORY:
        return move(vectors, item_groups)
    block = vectors[:_BLOCK]
    first = move(block, item_groups[:_BLOCK])
    if first is block:
        return vectors
    shape = (vectors.shape[0], first.shape[1])
    try:
        path = new_folder("moved") / "vectors.npy"
        require_room(path.parent, shape[0] * shape[1] * 4)
        moved = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=shape)
    except OSError as error:
        raise EngineError(
            f"There is no room for the moved vectors in the temporary folder ({error.strerror or error}): name a "
            "larger one in TMPDIR, or choose a method that moves none, such as standardized."
        ) from error
    moved[:_BLOCK] = first
    for start in range(_BLOCK, vectors.shape[0], _BLOCK):
        places = slice(start, start + _BLOCK)
        moved[places] = move(vectors[places], item_groups[places])
    with suppress(OSError):  # Windows removes no mapped file; the process's folder is removed at its end
        path.unlink()
        path.parent.rmdir()
    return moved
