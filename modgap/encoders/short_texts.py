"""Encodes texts at the length they have, in place of the model's context length, most of which is padding.

A text tower of CLIP attends causally: a token looks at those before it only. The vector is read off at the end-of-text
token, so the padding after it changes nothing, and a batch whose longest text has L tokens gives the same vectors from
its first L columns. A caption has about 12 tokens of 77: five times the speed.
"""

from __future__ import annotations

import copy
import threading
from typing import Any

STEP = 8  # lengths are rounded up to a multiple, so that a model has few twins


class ShortTexts:
    """The text tower of an open_clip model. Safe to call from threads.

    Other models than `open_clip.CLIP` with a causal mask and the vector of the end-of-text token are given the whole
    context length, as they expect it.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self._can_shorten = _is_causal(model)
        self._twins: dict[int, Any] = {}
        self._lock = threading.Lock()

    def encode(self, tokens: Any) -> Any:
        """Features (n, d) of token ids (n, context length), as the model's `encode_text` gives them."""
        if not self._can_shorten:
            return self._model.encode_text(tokens)
        needed = int(tokens.argmax(dim=-1).max()) + 1
        length = min(-(-needed // STEP) * STEP, tokens.shape[1])
        return self._twin(length).encode_text(tokens[:, :length])

    def _twin(self, length: int) -> Any:
        """The model with the positions and the mask of the first `length` tokens; all else is shared."""
        if length == self._model.context_length:
            return self._model
        with self._lock:
            if length not in self._twins:
                self._twins[length] = twin = copy.copy(self._model)
                twin._parameters = dict(self._model._parameters)
                twin._buffers = dict(self._model._buffers)
                positions = self._model.positional_embedding
                twin._parameters["positional_embedding"] = type(positions)(positions[:length], requires_grad=False)
                twin._buffers["attn_mask"] = self._model.attn_mask[:length, :length]
            return self._twins[length]


def _is_causal(model: Any) -> bool:
    """Whether no token looks at a later one, and the vector is that of the end-of-text token, the greatest id."""
    import open_clip
    import torch

    mask = getattr(model, "attn_mask", None)
    if not isinstance(model, open_clip.CLIP) or mask is None or model.text_pool_type != "argmax":
        return False
    later = torch.ones_like(mask, dtype=torch.bool).triu(diagonal=1)
    return bool((mask[later] == float("-inf")).all())
