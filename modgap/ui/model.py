"""The one thing that all visitors share: the encoder, loaded once, in the background, while the page is already up."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable

from modgap.encoders import Encoder, load_encoder
from modgap.ui.zero_gpu import on_zero_gpu


def bundled_encoder() -> Encoder:
    """The bundled model; on ZeroGPU on the CPU, since only forked work may touch the GPU there."""
    return load_encoder(device="cpu") if on_zero_gpu() else load_encoder()


class SharedEncoder:
    """Loads an encoder once, whoever asks first, behind a lock. A failed attempt is tried again at the next call."""

    def __init__(self, load: Callable[[], Encoder] = bundled_encoder) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._encoder: Encoder | None = None

    def get(self) -> Encoder:
        """The encoder; waits while it loads. Raises ModelError in words for the visitor."""
        with self._lock:
            if self._encoder is None:
                self._encoder = self._load()
            return self._encoder

    @property
    def ready(self) -> bool:
        """Has it loaded?"""
        return self._encoder is not None

    def warm(self) -> None:
        """Start to load without waiting; an error shows at the first `get`."""

        def attempt() -> None:
            with contextlib.suppress(Exception):  # the visitor who needs the encoder meets the error in words
                self.get()

        threading.Thread(target=attempt, name="load-encoder", daemon=True).start()
