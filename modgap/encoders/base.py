"""The interface of an encoder, and the one class that implements it with an open_clip model."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from PIL import Image

from modgap.encoders.fingerprint import fingerprint
from modgap.encoders.preparation import Preparation
from modgap.io.vector_cache import VectorCache, text_key
from modgap.progress import Progress, silent
from modgap.vectors import Vectors, unit_vectors

TEXT_BATCH = 128
PICTURE_BATCH = 32


class Encoder:
    """A text tower and a picture tower that share one space.

    name: as `load_encoder` takes it. dimension: d of the vectors. device: "cpu" or "cuda".
    cache: where known vectors are looked up and new ones kept; None, as loaded, for nowhere.
    Vectors are float32 unit rows whatever the model's own precision; on CUDA the towers run in bfloat16 autocast.
    """

    def __init__(self, model: Any, preprocess: Any, tokenizer: Any, *, name: str, device: str) -> None:
        self.name = name
        self.device = device
        self.cache: VectorCache | None = None
        self._model = model.to(device).eval()
        self._preprocess = preprocess
        self._preparation = Preparation(preprocess)
        self._tokenizer = tokenizer
        self.dimension = int(self._text_vectors(["a"]).shape[1])

    def with_cache(self, cache: VectorCache | None) -> Encoder:
        """The same encoder with a cache; this one stays as it is, for others may share it."""
        if cache is not None:
            _ = self.fingerprint  # worked out once, here, and not by each copy
        twin = copy.copy(self)
        twin.cache = cache
        return twin

    @cached_property
    def fingerprint(self) -> str:
        """Tells this encoder's vectors from those of any other model, preprocessing, device class or precision."""
        precision = "bfloat16" if self.device.startswith("cuda") else str(next(self._model.parameters()).dtype)
        device = self.device.partition(":")[0]
        settings = (self.name, self.dimension, device, precision, self.decode_side)
        return fingerprint(self._model, self._preprocess, self._tokenizer, *settings)

    @cached_property
    def decode_side(self) -> int:
        """Pixels of a picture's short side beyond which a vector hardly changes: twice what the tower takes.

        A JPEG may be decoded at a half, a quarter or an eighth of its size above it. Cosine with the vector of the
        picture at its full size: 0.9997 in the mean for photographs of 12 megapixels (`benchmarks/decode_ahead.py`).
        """
        side = max(self._preparation.batch([self.prepare_picture(Image.new("RGB", (64, 64)))]).shape[-2:])
        return 2 * int(side)

    def encode_texts(self, texts: Sequence[str], *, progress: Progress = silent) -> Vectors:
        """Unit vectors (len(texts), d). A text longer than the model reads is cut at its end.

        Each batch that was computed is in the cache, where there is one, before the next is begun.
        """
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        keys = [text_key(text) for text in texts] if self.cache is not None else []
        known = self.cache.get(self.fingerprint, keys) if self.cache is not None else {}
        for row, key in enumerate(keys):
            if key in known:
                vectors[row] = known[key]
        unknown = [row for row in range(len(texts)) if not keys or keys[row] not in known]
        for start in range(0, len(unknown), TEXT_BATCH):
            rows = unknown[start : start + TEXT_BATCH]
            vectors[rows] = self._text_vectors([texts[row] for row in rows])
            if self.cache is not None:
                self.cache.put(self.fingerprint, {keys[row]: vectors[row] for row in rows}, name=self.name)
            progress("Reading passages", len(texts) - len(unknown) + start + len(rows), len(texts))
        return vectors

    def longer_than_read(self, texts: Sequence[str]) -> list[bool]:
        """Whether the model cuts each text at its end: it needs more tokens than the context length holds.

        A tokenizer that is asked for one token more than the model reads leaves the last one as padding for every
        text that fits. A tokenizer that does not take a length is believed to cut nothing.
        """
        if not texts:
            return []
        try:
            room = int(self._tokenizer.context_length) + 1
            *tokens, short = self._tokenizer([*texts, "a"], context_length=room)
        except (AttributeError, TypeError):
            return [False] * len(texts)
        return [bool(each[-1] != short[-1]) for each in tokens]

    def prepare_picture(self, picture: Image.Image) -> Any:
        """The picture in the shape that `encode_prepared` takes; safe to call from threads."""
        return self._preparation.picture(picture)

    def encode_prepared(self, prepared: Sequence[Any]) -> Vectors:
        """Unit vectors (len(prepared), d) of pictures that went through `prepare_picture`."""
        import torch

        with torch.inference_mode(), self._autocast():
            features = self._model.encode_image(self._preparation.batch(list(prepared)).to(self.device))
        return unit_vectors(features.float().cpu().numpy(), what="picture vectors")

    def encode_pictures(self, pictures: Sequence[Image.Image]) -> Vectors:
        """Unit vectors (len(pictures), d) of a few pictures in memory."""
        return self.encode_prepared([self.prepare_picture(picture) for picture in pictures])

    def _text_vectors(self, texts: list[str]) -> Vectors:
        import torch

        with torch.inference_mode(), self._autocast():
            features = self._model.encode_text(self._tokenizer(texts).to(self.device))
        return unit_vectors(features.float().cpu().numpy(), what="text vectors")

    def _autocast(self) -> Any:
        import torch

        return torch.autocast("cuda", dtype=torch.bfloat16, enabled=self.device.startswith("cuda"))
