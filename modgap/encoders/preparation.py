"""Splits a model's picture transform in two: a part that threads do to one picture, and a part done once to a batch.

An open_clip transform ends in `ToTensor` and `Normalize`: float32 work on a whole picture in torch, which starts
threads of its own in each worker thread. Both map a pixel value to a number, so here they become a table of 256
entries per channel, computed with the transform itself and applied when the batch is put together. Workers only resize
the picture, waiting pictures are bytes (a quarter of the size), and the numbers are exactly those of the transform.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image


class Preparation:
    """`picture` followed by `batch` does what `transform` does. A transform with another ending is kept whole."""

    def __init__(self, transform: Any) -> None:
        self._shape, self._table = transform, None
        steps = getattr(transform, "transforms", [])
        if [type(step).__name__ for step in steps[-2:]] in _ENDINGS:
            levels = Image.fromarray(np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2))
            numbers: Any = _Steps(steps[-2:])(levels)  # (3, 1, 256): the number for each level of each channel
            self._shape = _Steps(steps[:-2])
            self._table = np.ascontiguousarray(numbers.numpy()[:, 0, :])  # (3, 256)

    def picture(self, picture: Image.Image) -> Any:
        """One picture, ready for a batch: uint8 (height, width, 3), or the result of a transform that is kept whole."""
        shaped = self._shape(picture)
        return shaped if self._table is None else np.asarray(shaped.convert("RGB"))

    def batch(self, prepared: list[Any]) -> Any:
        """The tensor (n, 3, height, width) that the picture tower takes, float32."""
        import torch

        if self._table is None:
            return torch.stack(prepared)
        numbers = np.empty((len(prepared), *prepared[0].shape), dtype=np.float32)
        for row, pixels in zip(numbers, prepared, strict=True):
            _look_up(self._table, pixels, row)
        return torch.from_numpy(numbers).permute(0, 3, 1, 2)


class _Steps:
    """Some steps of a transform in sequence."""

    def __init__(self, steps: list[Any]) -> None:
        self._steps = steps

    def __call__(self, picture: Any) -> Any:
        for step in self._steps:
            picture = step(picture)
        return picture


_ENDINGS = [["ToTensor", "Normalize"], ["MaybeToTensor", "Normalize"]]


def _look_up(table: NDArray[np.float32], pixels: NDArray[np.uint8], out: NDArray[np.float32]) -> None:
    """out (height, width, 3) = the table's (3, 256) numbers for the pixels (height, width, 3)."""
    if (table == table[0]).all():
        np.take(table[0], pixels, out=out, mode="clip")  # "clip" avoids a copy of `out`; no level is beyond 255
    else:
        for channel in range(3):
            out[:, :, channel] = table[channel][pixels[:, :, channel]]
