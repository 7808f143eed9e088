"""Vectors of texts that are the same for every corpus, such as the query bank: computed once a process and encoder.

They are kept by the encoder's fingerprint, so that a model that is loaded twice computes them once, and for the last
few encoders only.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np

from modgap.vectors import Vectors

MAX_ENCODERS = 4  # a few hundred texts each: about a megabyte


class FixedTexts:
    """The vectors of one encoder's texts, for several threads: one computes, the others wait for it."""

    def __init__(self) -> None:
        self._vectors: dict[str, Vectors] = {}
        self._lock = threading.Lock()

    def vectors(self, texts: Sequence[str], encode: Callable[[list[str]], Vectors]) -> Vectors:
        """Unit vectors (n, d), n >= 1; `encode` computes those of the texts that were never asked for."""
        with self._lock:
            unknown = [text for text in dict.fromkeys(texts) if text not in self._vectors]
            if unknown:
                self._vectors.update(zip(unknown, encode(unknown), strict=True))
            return np.stack([self._vectors[text] for text in texts])


_kept: OrderedDict[str, FixedTexts] = OrderedDict()  # by fingerprint, the last used one last
_kept_lock = threading.Lock()


def fixed_texts_of(fingerprint: str) -> FixedTexts:
    """The texts of the encoder with this fingerprint; of the last `MAX_ENCODERS` encoders."""
    with _kept_lock:
        found = _kept.setdefault(fingerprint, FixedTexts())
        _kept.move_to_end(fingerprint)
        while len(_kept) > MAX_ENCODERS:
            _kept.popitem(last=False)
        return found
