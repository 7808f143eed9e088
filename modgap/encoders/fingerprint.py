"""The fingerprint of an encoder: a hash of all that decides its vectors; the model's key in the vector cache."""

from __future__ import annotations

import hashlib
import re
from typing import Any

_PROBE = "A quick brown fox, naïve & 12.5 m long, jumps over 那只狗."  # tokenized, to tell tokenizers apart
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")  # in the repr of a function; differs between processes


def encoder_fingerprint(model: Any, preprocess: Any, tokenizer: Any, *settings: object) -> str:
    """SHA-256 over weights, architecture, picture transform, tokenizer and settings, 64 hexadecimal digits.

    All weights are read, at about a gigabyte a second, since a model may be trained further under the same name.
    settings: whatever else decides the vectors, such as name, device and precision.
    """
    import torch

    digest = hashlib.sha256()
    tokens = tokenizer([_PROBE])
    for part in (*settings, model, preprocess, type(tokenizer).__name__, tokens.tolist()):
        digest.update(_ADDRESS.sub("", repr(part)).encode() + b"\0")
    for name, tensor in model.state_dict().items():
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\0".encode())
        digest.update(tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy())
    return digest.hexdigest()
