"""The encoders of one app: the operator's, loaded in the background while the page is already up, and others.

A visitor may choose another model for the next corpus, out of those that the operator allows; it loads when it is
first needed, and only the last of these stays in memory beside the operator's.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from modgap.encoders import Encoder, load_encoder
from modgap.encoders.load import BUNDLED, full_name
from modgap.errors import ModelError, ModgapError
from modgap.ui.visit.settings import Settings
from modgap.ui.visit.zero_gpu import on_zero_gpu


@dataclass(frozen=True)
class Offer:
    """A model that a visitor may choose. megabytes: of 32-bit weights, to download once. words: what it is for."""

    name: str
    megabytes: int
    words: str


KNOWN = (
    Offer("MobileCLIP2-S0/dfndr2b", 299, "small and quick"),
    Offer("ViT-B-32/laion2b_s34b_b79k", 605, "a usual CLIP"),
    Offer("ViT-L-14/datacomp_xl_s13b_b90k", 1710, "strong, wants a GPU"),
)
OFFERED = tuple(offer.name for offer in KNOWN)


def chosen_encoder(name: str | None = None) -> Encoder:
    """The operator's model: `name`, else MODGAP_MODEL, else the bundled one.

    On ZeroGPU it is on the CPU, since only forked work may use the GPU there. Raises ModelError for a model that cannot
    be used; the message says that the operator chose it.
    """
    name = name or Settings.from_environment().model
    if name is None:
        return load_here()
    try:
        return load_here(name)
    except ModelError as error:
        raise ModelError(f"This app is set to use a model that cannot be used. {error}") from error


def load_here(name: str | None = None) -> Encoder:
    """The encoder on the device that this host's processes may use."""
    return load_encoder(name, device="cpu" if on_zero_gpu() else None)


class SharedEncoder:
    """Makes an encoder once, behind a lock, at the first call. A failed attempt is repeated at the next call.

    The bundled model's is there at once, and loads when it first has to encode something.

    name: of the model that `load` loads; by default the operator's.
    """

    def __init__(self, load: Callable[[], Encoder] = chosen_encoder, name: str | None = None) -> None:
        self.name = full_name(name or Settings.from_environment().model)
        self._load = load
        self._lock = threading.Lock()
        self._encoder: Encoder | None = None

    def get(self) -> Encoder:
        """The encoder; waits while it loads. Raises ModelError with a message for the visitor."""
        with self._lock:
            if self._encoder is None:
                self._encoder = self._load()
            return self._encoder

    @property
    def ready(self) -> bool:
        """Whether the model is in memory."""
        return self._encoder is not None and self._encoder.loaded


class Models:
    """The models of one app by name: the operator's own, and those that visitors may choose instead."""

    def __init__(
        self,
        own: SharedEncoder,
        others: Sequence[str] = (),
        load: Callable[[str], Encoder] = load_here,
    ) -> None:
        self.own_name = own.name
        self.others = tuple(name for name in dict.fromkeys(others) if name != self.own_name)
        self._own = own
        self._load = load
        self._lock = threading.Lock()
        self._other: tuple[str, SharedEncoder] | None = None

    def encoder_for(self, name: str) -> SharedEncoder:
        """The encoder of a model that `choices` offers. Raises ModgapError for any other name."""
        if name == self.own_name:
            return self._own
        if name not in self.others:
            raise ModgapError(f'This app does not offer the model "{name}": choose one of its list.')
        with self._lock:
            if self._other is None or self._other[0] != name:
                self._other = (name, SharedEncoder(lambda: self._load(name), name))
            return self._other[1]

    def choices(self) -> list[tuple[str, str]]:
        """(description, name) of each, the operator's first."""
        return [(_described(name, own=name == self.own_name), name) for name in (self.own_name, *self.others)]


def _described(name: str, *, own: bool) -> str:
    if own:
        return f"{name}: ready" if name != BUNDLED else f"{name}: bundled, offline"
    known = next((offer for offer in KNOWN if offer.name == name), None)
    if known is None:
        return f"{name}: downloads once if it is not here"
    return f"{name}: {known.words}, downloads {known.megabytes:,} MB once"
