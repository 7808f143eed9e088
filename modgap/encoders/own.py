"""An encoder of one's own: any model with two functions, found by name through an entry point.

class Mine:
    def encode_texts(self, texts): ...        # list of n str -> (n, d), any length of row
    def encode_pictures(self, pictures): ...  # list of n RGB PIL pictures -> (n, d), the same d

[project.entry-points."modgap.encoders"]      # in the pyproject.toml of its package
mine = "my_package:Mine"                      # called without arguments; then --model mine
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

from modgap.encoders.base import Encoder
from modgap.encoders.precision import FLOAT32
from modgap.encoders.turns import Turns
from modgap.errors import ModelError, ModgapError
from modgap.io import plugins
from modgap.vectors import Vectors, unit_vectors

PICTURE_SIDE = 336  # pixels of a picture's short side that a model is assumed to take, if it does not say
_PROBE = "a photo of a red bridge"


class OwnModel(Protocol):
    """What an `OwnEncoder` calls. Calls come one at a time."""

    def encode_texts(self, texts: list[str]) -> ArrayLike:
        """Vectors (n, d) of n texts."""

    def encode_pictures(self, pictures: list[Image.Image]) -> ArrayLike:
        """Vectors (n, d) of n RGB pictures of any size."""


class OwnEncoder(Encoder):
    """An `Encoder` around two functions. Vectors are scaled to length 1; batches, cache and turns are as for any other.

    model: with `encode_texts` and `encode_pictures`; it may have `picture_side`, the pixels of the side that it takes
        (large JPEGs are then decoded at a fraction of their size), and `version`, a word that changes when its weights
        do, so that cached vectors of the old ones are not used.
    name: what `--model`, calibrations and index folders call it.
    Raises ModelError for a model without these functions, or whose texts do not become vectors.
    """

    def __init__(self, model: OwnModel, *, name: str) -> None:
        missing = [each for each in ("encode_texts", "encode_pictures") if not callable(getattr(model, each, None))]
        if missing:
            raise ModelError(f'The model "{name}" has no function {missing[0]}: modgap/encoders/own.py shows both.')
        self.name = name
        self.device = "cpu"
        self.precision = FLOAT32
        self.shipped = {}
        self.cache = None
        self.turns = Turns()
        self._model = model
        self.dimension = int(self._text_vectors([_PROBE]).shape[1])

    @cached_property
    def fingerprint(self) -> str:
        """A hash of name, version and one vector, to two digits: other processors differ in the last bits."""
        version = getattr(self._model, "version", "")
        probe = np.round(self._text_vectors([_PROBE]), 2) + 0.0
        return hashlib.sha256(f"{self.name} {version} {probe.tolist()}".encode()).hexdigest()

    @cached_property
    def decode_side(self) -> int:
        return 2 * int(getattr(self._model, "picture_side", PICTURE_SIDE))

    def reads(self, text: str) -> bool:
        return True

    def longer_than_read(self, texts: Sequence[str]) -> list[bool]:
        return [False] * len(texts)

    def prepare_picture(self, picture: Image.Image) -> Image.Image:
        return picture.convert("RGB")

    def encode_prepared(self, prepared: Sequence[Any]) -> Vectors:
        with self._turn(len(prepared)):
            return self._asked(self._model.encode_pictures, list(prepared), "picture vectors")

    def _text_vectors(self, texts: list[str]) -> Vectors:
        return self._asked(self._model.encode_texts, texts, "text vectors")

    def _asked(self, function: Callable[[list[Any]], ArrayLike], given: list[Any], what: str) -> Vectors:
        """The function's rows as unit vectors. Raises ModelError where it fails or gives another number of rows."""
        try:
            vectors = unit_vectors(np.asarray(function(given), dtype=np.float32), what=what)
        except ModgapError as error:
            raise ModelError(f'The model "{self.name}": {error}') from error
        except Exception as error:  # another's code may raise anything
            raise ModelError(f'The model "{self.name}" failed: {type(error).__name__}: {error}') from error
        if vectors.shape[0] != len(given):
            raise ModelError(f'The model "{self.name}" gave {vectors.shape[0]} {what} for {len(given)}.')
        known = getattr(self, "dimension", vectors.shape[1])
        if vectors.shape[1] != known:
            raise ModelError(f'The model "{self.name}" gave {what} of {vectors.shape[1]} dimensions, not {known}.')
        return vectors


def own_encoder_names() -> list[str]:
    """The names of the encoders that installed packages bring."""
    return list(plugins.plugins(plugins.ENCODERS))


def load_own_encoder(name: str) -> OwnEncoder:
    """The encoder of that entry point. Raises ModelError for one that cannot be loaded."""
    try:
        model = plugins.load_plugin(plugins.plugins(plugins.ENCODERS)[name])()
    except ModgapError as error:
        raise ModelError(str(error)) from error
    except Exception as error:  # another's code may raise anything
        raise ModelError(f'The model "{name}" cannot be made: {type(error).__name__}: {error}') from error
    return OwnEncoder(model, name=name)
