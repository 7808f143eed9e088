"""The one thing that all visitors share: the encoder, loaded once, in the background, while the page is already up."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from modgap.encoders import Encoder, load_encoder
from modgap.errors import ModelError
from modgap.ui.settings import Settings
from modgap.ui.zero_gpu import on_zero_gpu

log = logging.getLogger("modgap.ui")


def chosen_encoder(name: str | None = None) -> Encoder:
    """The operator's model: `name`, else MODGAP_MODEL, else the bundled one.

    On ZeroGPU it is on the CPU, since only forked work may use the GPU there. Raises ModelError, saying that it is the
    operator's choice, for a model that cannot be used.
    """
    name = name or Settings.from_environment().model
    device = "cpu" if on_zero_gpu() else None
    if name is None:
        return load_encoder(device=device)
    try:
        return load_encoder(name, device=device)
    except ModelError as error:
        raise ModelError(f"This app is set to use a model that cannot be used. {error}") from error


class SharedEncoder:
    """Loads an encoder once, whoever asks first, behind a lock. A failed attempt is tried again at the next call."""

    def __init__(self, load: Callable[[], Encoder] = chosen_encoder) -> None:
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
            try:
                self.get()
            except Exception as error:  # the visitor who needs the encoder meets it in words; the operator, here
                log.warning("the model is not ready: %s", error)

        threading.Thread(target=attempt, name="load-encoder", daemon=True).start()
