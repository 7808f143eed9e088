"""The interface of an encoder, and the one class that implements it with an open_clip model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from modgap.progress import Progress, silent
from modgap.vectors import Vectors, unit_vectors

TEXT_BATCH = 128
PICTURE_BATCH = 32


class Encoder:
    """A text tower and a picture tower that share one space.

    name: as `load_encoder` takes it. dimension: d of the vectors. device: "cpu" or "cuda".
    Vectors are float32 unit rows whatever the model's own precision; on CUDA the towers run in bfloat16 autocast.
    """

    def __init__(self, model: Any, preprocess: Any, tokenizer: Any, *, name: str, device: str) -> None:
        self.name = name
        self.device = device
        self._model = model.to(device).eval()
        self._preprocess = preprocess
        self._tokenizer = tokenizer
        self.dimension = int(self.encode_texts(["a"]).shape[1])

    def encode_texts(self, texts: Sequence[str], *, progress: Progress = silent) -> Vectors:
        """Unit vectors (len(texts), d). A text longer than the model reads is cut at its end."""
        import torch

        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        parts = []
        for start in range(0, len(texts), TEXT_BATCH):
            tokens = self._tokenizer(list(texts[start : start + TEXT_BATCH])).to(self.device)
            with torch.inference_mode(), self._autocast():
                parts.append(self._model.encode_text(tokens).float().cpu().numpy())
            progress("Reading passages", min(start + TEXT_BATCH, len(texts)), len(texts))
        return unit_vectors(np.concatenate(parts), what="text vectors")

    def prepare_picture(self, picture: Image.Image) -> Any:
        """The picture as the tensor (3, height, width) that the picture tower takes; safe to call from threads."""
        return self._preprocess(picture)

    def encode_prepared(self, prepared: Sequence[Any]) -> Vectors:
        """Unit vectors (len(prepared), d) of pictures that went through `prepare_picture`."""
        import torch

        with torch.inference_mode(), self._autocast():
            features = self._model.encode_image(torch.stack(list(prepared)).to(self.device))
        return unit_vectors(features.float().cpu().numpy(), what="picture vectors")

    def encode_pictures(self, pictures: Sequence[Image.Image]) -> Vectors:
        """Unit vectors (len(pictures), d) of a few pictures in memory."""
        return self.encode_prepared([self.prepare_picture(picture) for picture in pictures])

    def _autocast(self) -> Any:
        import torch

        return torch.autocast("cuda", dtype=torch.bfloat16, enabled=self.device.startswith("cuda"))
