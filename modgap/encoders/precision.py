"""In which precision a picture tower computes on a CPU: float32, bfloat16, or 8-bit integers in its linear layers.

Lower precision is up to twice as fast where the processor has instructions for it, and which one is fast depends on the
tower: convolutions gain from bfloat16, the linear layers of a vision transformer from int8 (weights once, activations
as they come; torchao). `auto` tries them on a few photographs and keeps the fastest whose vectors are those of float32:

    min over pictures of cos(f_p(x), f_32(x)) >= `LEAST_COSINE`    and    time of float32 / time of p >= `LEAST_GAIN`

Texts are encoded in float32 whatever the precision: they are few, short, and the bundled model's are shipped.
"""

from __future__ import annotations

import contextlib
import copy
import importlib.util
import json
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from modgap.errors import ModelError, ModgapError
from modgap.io.assets import asset_path
from modgap.io.atomic_write import write_atomically
from modgap.vectors import Vectors

if TYPE_CHECKING:
    from modgap.encoders.base import Encoder

FLOAT32, BFLOAT16, INT8, AUTO = "float32", "bfloat16", "int8", "auto"
PRECISIONS = (AUTO, FLOAT32, BFLOAT16, INT8)
LEAST_COSINE = 0.999
LEAST_GAIN = 1.15  # less is noise, and another precision makes cached vectors useless
PICTURES = 8
ROUNDS = 3
_NEEDS_TORCHAO = 'The precision int8 needs torchao, which is not installed: pip install "modgap[int8]".'


def require_precision(name: str) -> None:
    """Raise ModelError for anything but one of `PRECISIONS`."""
    if name not in PRECISIONS:
        raise ModelError(f'There is no precision "{name}": {", ".join(PRECISIONS)}.')


def set_precision(encoder: Encoder, name: str, *, remember: Path | None = None) -> None:
    """Let an encoder that was just loaded compute pictures in a precision; on CUDA all is bfloat16 already.

    remember: a file in which choices of `auto` are kept, so that a machine chooses once for each model.
    Raises ModelError for an unknown name, or int8 without torchao.
    """
    require_precision(name)
    if encoder.device != "cpu" or name == FLOAT32:
        return
    if name == AUTO:
        name = remembered(remember, encoder) if remember is not None else fastest(encoder)
    if name == FLOAT32:
        return
    encoder.fingerprint  # noqa: B018 - of the weights as loaded, which int8 replaces
    if name == INT8:
        encoder._model.visual = quantized(encoder._model.visual)
    encoder.precision = name


def quantized(tower: Any) -> Any:
    """The tower with int8 linear layers. Raises ModelError without torchao."""
    if importlib.util.find_spec("torchao") is None:
        raise ModelError(_NEEDS_TORCHAO)
    from torchao.quantization import Int8DynamicActivationInt8WeightConfig, quantize_

    quantize_(tower, Int8DynamicActivationInt8WeightConfig())
    return tower


def candidates(encoder: Encoder) -> list[str]:
    """The precisions besides float32 that this processor, the tower and the installed packages can gain from."""
    import torch

    found = [BFLOAT16] if getattr(torch.backends.cpu, "get_cpu_capability", str)().startswith("AVX512") else []
    layers = [layer for layer in encoder._model.visual.modules() if isinstance(layer, torch.nn.Linear)]
    linear = sum(layer.weight.numel() for layer in layers)
    many = linear > sum(parameter.numel() for parameter in encoder._model.visual.parameters()) / 3
    return [*found, *([INT8] if many and importlib.util.find_spec("torchao") is not None else [])]


def fastest(encoder: Encoder) -> str:
    """The fastest precision whose vectors are those of float32, on a few photographs; about a second."""
    batch = [encoder.prepare_picture(picture) for picture in _photographs()]
    before, tower = encoder.precision, encoder._model.visual
    exact, float_seconds = _timed(lambda: encoder.encode_prepared(batch))
    best, best_seconds = FLOAT32, float_seconds / LEAST_GAIN
    for name in candidates(encoder):
        try:
            if name == INT8:
                encoder._model.visual = quantized(copy.deepcopy(tower))
            encoder.precision = name
            vectors, seconds = _timed(lambda: encoder.encode_prepared(batch))
        except (ModgapError, RuntimeError, NotImplementedError):  # an operation that this processor lacks
            continue
        finally:
            encoder.precision, encoder._model.visual = before, tower
        cosine = float(np.einsum("nd,nd->n", exact, vectors).min())
        if cosine >= LEAST_COSINE and seconds < best_seconds:
            best, best_seconds = name, seconds
    return best


def remembered(path: Path, encoder: Encoder) -> str:
    """What `fastest` chose before for this model, machine and these packages; chosen and kept where it did not.

    A file that cannot be read or written is not used: the choice is then made anew.
    """
    key = " ".join([encoder.fingerprint, *_machine()])
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        if known[key] in PRECISIONS:
            return str(known[key])
    except (OSError, ValueError, KeyError, TypeError):
        known = {}
    chosen = fastest(encoder)
    known = known if isinstance(known, dict) else {}
    with contextlib.suppress(ModelError):
        write_atomically(path, json.dumps({**known, key: chosen}, indent=1).encode(), error=ModelError)
    return chosen


def _machine() -> list[str]:
    """What a choice depends on besides the model."""
    import torch

    torchao = importlib.util.find_spec("torchao") is not None
    threads = f"threads={torch.get_num_threads()}"
    return [platform.machine(), torch.backends.cpu.get_cpu_capability(), torch.__version__, threads, f"int8={torchao}"]


def _timed(encode: Callable[[], Vectors]) -> tuple[Vectors, float]:
    vectors, taken = encode(), []  # the first round warms up
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        vectors = encode()
        taken.append(time.perf_counter() - begun)
    return vectors, min(taken)


def _photographs() -> list[Image.Image]:
    paths = sorted(asset_path("sample", "corpus", "photos").glob("*.webp"))[:PICTURES]
    return [Image.open(path).convert("RGB") for path in paths]
