"""The `Encoder`: turns texts and pictures into vectors with an open_clip model."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from typing import Any

import numpy as np
from PIL import Image

from modgap.encoders.fingerprint import encoder_fingerprint
from modgap.encoders.fixed_texts import fixed_texts_of
from modgap.encoders.precision import BFLOAT16, FLOAT32
from modgap.encoders.preparation import Preparation
from modgap.encoders.short_texts import ShortTexts
from modgap.encoders.turns import Turns
from modgap.encoders.vocabulary import reads
from modgap.errors import ModelError
from modgap.io.vector_cache import VectorCache, text_key
from modgap.progress import Progress, silent
from modgap.vectors import Vectors, unit_vectors

TEXT_BATCH = 128
PICTURE_BATCH = 32


class Encoder:
    """A text tower and a picture tower that share one vector space. Safe to call from threads, which take turns.

    Vectors are float32 unit rows whatever the model's own precision; on CUDA the towers run in bfloat16 autocast.
    name: as `load_encoder` takes it. dimension: d of the vectors. device: "cpu" or "cuda". precision: in which pictures
    are computed on a CPU; see `encoders/precision.py`.
    cache: where known vectors are looked up and new ones are kept; None, the default, for no cache.
    shipped: vectors (d,) that came with these very weights, by the key of the content; see `encode_fixed_texts`.
    """

    def __init__(
        self,
        model: Any,
        preprocess: Any,
        tokenizer: Any,
        *,
        name: str,
        device: str,
        shipped: Mapping[bytes, Vectors] | None = None,
    ) -> None:
        self.name = name
        self.device = device
        self.precision = FLOAT32
        self.shipped = dict(shipped or {})
        self.cache: VectorCache | None = None
        self.turns = Turns()
        self._model = model.to(device).eval()
        self._text_tower = ShortTexts(self._model)
        self._preprocess = preprocess
        self._preparation = Preparation(preprocess)
        self._tokenizer = tokenizer
        self.dimension = int(self._text_vectors(["a"]).shape[1])

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}: {self.dimension} dimensions, {self.device}, {self.precision}>"

    @property
    def loaded(self) -> bool:
        """Whether the model is in memory, so that encoding begins at once."""
        return True

    def wake(self) -> None:
        """Load the model now, if that is still to be done."""

    def has_text(self, text: str) -> bool:
        """Whether the vector of a text is there at once: the model is loaded, or the vector is shipped."""
        return self.loaded or text_key(text) in self.shipped

    def with_cache(self, cache: VectorCache | None) -> Encoder:
        """The same encoder with a cache. This one is left unchanged, since it may be shared."""
        if cache is not None:
            _ = self.fingerprint  # computed once, here, instead of by each copy
        twin = copy.copy(self)
        twin.cache = cache
        return twin

    @property
    def fingerprint(self) -> str:
        """A hash of model, preprocessing, device class and precision: all that decides the vectors."""
        if self.precision == FLOAT32:
            return self._weights_fingerprint
        return hashlib.sha256(f"{self._weights_fingerprint} {self.precision}".encode()).hexdigest()

    @cached_property
    def _weights_fingerprint(self) -> str:
        precision = "bfloat16" if self.device.startswith("cuda") else str(next(self._model.parameters()).dtype)
        device = self.device.partition(":")[0]
        settings = (self.name, self.dimension, device, precision, self.decode_side)
        return encoder_fingerprint(self._model, self._preprocess, self._tokenizer, *settings)

    @cached_property
    def decode_side(self) -> int:
        """Pixels of a picture's short side beyond which its vector hardly changes: twice the size that the tower takes.

        A larger JPEG may be decoded at a half, a quarter or an eighth of its size, down to this side. The mean cosine
        with the vector of the picture at full size is 0.9997 for photographs of 12 megapixels
        (`benchmarks/speed/decode_ahead.py`).
        """
        side = max(self._preparation.batch([self.prepare_picture(Image.new("RGB", (64, 64)))]).shape[-2:])
        return 2 * int(side)

    def encode_texts(self, texts: Sequence[str], *, progress: Progress = silent) -> Vectors:
        """Unit vectors (len(texts), d), in the order of the texts.

        A text longer than the context length is cut at its end. Shipped vectors are taken as they are. If there is a
        cache, each computed batch is stored before the next one starts.
        """
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        keys = [text_key(text) for text in texts] if self.cache is not None or self.shipped else []
        known = {key: self.shipped[key] for key in keys if key in self.shipped}
        asked = [key for key in keys if key not in known] if self.cache is not None else []
        if self.cache is not None and asked:
            known |= self.cache.get(self.fingerprint, asked)
        for row, key in enumerate(keys):
            if key in known:
                vectors[row] = known[key]
        unknown = [row for row in range(len(texts)) if not keys or keys[row] not in known]
        unknown.sort(key=lambda row: len(texts[row]))  # a batch costs what its longest text costs
        for start in range(0, len(unknown), TEXT_BATCH):
            rows = unknown[start : start + TEXT_BATCH]
            with self._turn(len(rows)):
                vectors[rows] = self._text_vectors([texts[row] for row in rows])
            if self.cache is not None:
                self.cache.put(self.fingerprint, {keys[row]: vectors[row] for row in rows}, name=self.name)
            progress("Reading passages", len(texts) - len(unknown) + start + len(rows), len(texts))
        return vectors

    def encode_fixed_texts(self, texts: Sequence[str]) -> Vectors:
        """As `encode_texts` for texts that are the same for every corpus: shipped with the model, or computed once.

        What is computed is kept by this encoder's fingerprint until the process ends, so these texts should be few. All
        are computed where not all are shipped: the shipped vectors are then of other texts. Safe to call from threads.
        """
        if not texts:
            return self.encode_texts(texts)
        keys = [text_key(text) for text in texts]
        if all(key in self.shipped for key in keys):
            return np.stack([self.shipped[key] for key in keys])
        return fixed_texts_of(self.fingerprint).vectors(texts, self.encode_texts)

    def reads(self, text: str) -> bool:
        """Whether the vocabulary covers a text, such as a query: not another script, nor letters typed at random.

        True for tokenizers that cannot tell, and for shipped texts.
        """
        return text_key(text) in self.shipped or reads(self._tokenizer, text)

    def longer_than_read(self, texts: Sequence[str]) -> list[bool]:
        """For each text, whether it has more tokens than the context length, so that the model cuts its end.

        The tokenizer is asked for one token more than the model reads: for a text that fits, that last token is
        padding. A tokenizer that takes no length is assumed to cut nothing.
        """
        if not texts:
            return []
        try:
            length = int(self._tokenizer.context_length) + 1
            *tokens, short = self._tokenizer([*texts, "a"], context_length=length)
        except (AttributeError, TypeError):
            return [False] * len(texts)
        return [bool(each[-1] != short[-1]) for each in tokens]

    def prepare_picture(self, picture: Image.Image) -> Any:
        """The picture as `encode_prepared` takes it. Safe to call from threads."""
        return self._preparation.picture(picture)

    def encode_prepared(self, prepared: Sequence[Any]) -> Vectors:
        """Unit vectors (len(prepared), d) of pictures from `prepare_picture`."""
        import torch

        with self._turn(len(prepared)), torch.inference_mode(), self._autocast(pictures=True):
            features = self._model.encode_image(self._preparation.batch(list(prepared)).to(self.device))
        return unit_vectors(features.float().cpu().numpy(), what="picture vectors")

    def encode_pictures(self, pictures: Sequence[Image.Image]) -> Vectors:
        """Unit vectors (len(pictures), d) of a few pictures in memory."""
        return self.encode_prepared([self.prepare_picture(picture) for picture in pictures])

    def _text_vectors(self, texts: list[str]) -> Vectors:
        import torch

        with torch.inference_mode(), self._autocast():
            features = self._text_tower.encode(self._tokenizer(texts).to(self.device))
        return unit_vectors(features.float().cpu().numpy(), what="text vectors")

    def _turn(self, n: int) -> AbstractContextManager[None]:
        """A turn for a batch of n. A query, which is short and somebody waits for, goes ahead."""
        return self.turns.turn() if n > 1 else nullcontext()

    def _autocast(self, *, pictures: bool = False) -> Any:
        import torch

        if pictures and self.precision == BFLOAT16:
            return torch.autocast("cpu", dtype=torch.bfloat16)
        return torch.autocast("cuda", dtype=torch.bfloat16, enabled=self.device.startswith("cuda"))


def require_vectors_of(encoder: Encoder, vectors: Vectors, model: str) -> None:
    """Raise ModelError unless precomputed vectors (n, d) have the encoder's width, and its name where they have one.

    model: the name that their file gives them; empty for none.
    """
    if vectors.shape[1] != encoder.dimension:
        raise ModelError(
            f'The vectors have {vectors.shape[1]} dimensions and the model "{encoder.name}" makes '
            f"{encoder.dimension}: give the model that made them, or none."
        )
    if model not in ("", encoder.name):
        raise ModelError(
            f'The vectors are of the model "{model}", as their file says, and not of "{encoder.name}": give that one, '
            f"or none."
        )
