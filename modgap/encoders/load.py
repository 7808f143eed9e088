"""Loads an encoder by name: the bundled model, one of a plugin, any of open_clip's, or a local checkpoint."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modgap.encoders.base import Encoder
from modgap.encoders.hub import require_weights
from modgap.encoders.lazy import LazyEncoder
from modgap.encoders.own import load_own_encoder, own_encoder_names
from modgap.encoders.precision import FLOAT32, require_precision, set_precision
from modgap.errors import ModelError
from modgap.io.extras import missing_modules, require_extra
from modgap.io.sqlite_file import default_folder
from modgap.vectors import Vectors

BUNDLED = "modgap-mini-2"
FIRST_EDITION = "modgap-mini"  # of the bundled model, which it replaced
CHOICES = "precision.json"  # in the cache folder: what "auto" chose
CONFIG_FILE = "open_clip_config.json"


@dataclass(frozen=True)
class ModelInfo:
    """A model that `load_encoder` knows by name. source: "bundled", "plugin" or "download"."""

    name: str
    source: str


def known_models() -> list[ModelInfo]:
    """The bundled model first, then those of plugins, then all of open_clip's pretrained models by "NAME/TAG"."""
    require_extra("encoders", ModelError)
    import open_clip

    pretrained = [ModelInfo(f"{arch}/{tag}", "download") for arch, tag in open_clip.list_pretrained()]
    own = [ModelInfo(name, "plugin") for name in own_encoder_names()]
    return [ModelInfo(BUNDLED, "bundled"), *own, *pretrained]


def load_encoder(name: str | Path | None = None, *, device: str | None = None, precision: str | None = None) -> Encoder:
    """Load an encoder by name.

    name: None or "modgap-mini-2" for the bundled model; "NAME/TAG" for an open_clip pretrained model
        ("ViT-B-32/laion2b_s34b_b79k"); "NAME/PATH" for a local checkpoint of architecture NAME; or a folder that
        holds open_clip_config.json and weights; or the name of a plugin (`encoders/own.py`).
    device: "cpu" or "cuda"; by default CUDA if there is a device.
    precision: of pictures on a CPU: "float32", "bfloat16", "int8", or "auto" for the fastest that gives the same
        vectors on this machine, which is remembered; by default MODGAP_PRECISION, else float32.
    The bundled model on a CPU is loaded when it first encodes something whose vector is not shipped.
    Raises ModelError, with a one-sentence message that says how to fix it, for an unknown name, a hub that cannot be
    reached, or broken weights.
    """
    wanted = full_name(name)
    if wanted in own_encoder_names() and wanted != BUNDLED:
        return load_own_encoder(wanted)
    device = device or best_device()
    precision = precision or os.environ.get("MODGAP_PRECISION") or FLOAT32
    require_precision(precision)
    if wanted == BUNDLED:
        from modgap.encoders.bundled import shipped_vectors

        shipped = shipped_vectors() if device == "cpu" else {}  # bfloat16 on CUDA gives slightly other vectors
        if not shipped:
            return _load_bundled(device, shipped, precision)
        return LazyEncoder(
            BUNDLED,
            next(iter(shipped.values())).size,
            lambda: _load_bundled(device, shipped, precision),
            shipped=shipped,
        )
    require_extra("encoders", ModelError)
    architecture, weights = _resolve(wanted)
    encoder = Encoder(*_create(architecture, weights, wanted, device), name=wanted, device=device)
    set_precision(encoder, precision, remember=default_folder() / CHOICES)
    return encoder


def full_name(name: str | Path | None) -> str:
    """The name of a model: that of the bundled one for None.

    >>> full_name(None), full_name("ViT-B-32/openai")
    ('modgap-mini-2', 'ViT-B-32/openai')
    """
    return BUNDLED if name is None else str(name)


def best_device() -> str:
    """ "cuda" if there is a device, else "cpu"; PyTorch is imported only where there may be one."""
    if sys.platform == "linux" and not any(Path(each).exists() for each in ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")):
        return "cpu"
    if missing_modules("encoders"):
        return "cpu"  # `load_encoder` says what to install where it has to
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def _load_bundled(device: str, shipped: Mapping[bytes, Vectors], precision: str) -> Encoder:
    require_extra("encoders", ModelError)
    from modgap.encoders.bundled import load_bundled

    encoder = Encoder(*load_bundled(device), name=BUNDLED, device=device, shipped=shipped)
    set_precision(encoder, precision, remember=default_folder() / CHOICES)
    return encoder


def _resolve(wanted: str) -> tuple[str, str | None]:
    """(open_clip's model name, its `pretrained` argument) for the name that the user gave."""
    import open_clip

    path = Path(wanted).expanduser()
    if path.is_dir():
        if not (path / CONFIG_FILE).is_file():
            raise ModelError(f"The folder {path} has no {CONFIG_FILE}: open_clip needs it to know the architecture.")
        return f"local-dir:{path.resolve()}", None
    if path.is_file():
        if (path.parent / CONFIG_FILE).is_file():
            return f"local-dir:{path.parent.resolve()}", None
        raise ModelError(
            f"{path} does not say its architecture: give NAME/PATH, for example ViT-B-32/{path.name}, or put its "
            f"{CONFIG_FILE} beside it."
        )
    if wanted == FIRST_EDITION:
        raise ModelError(
            f'The model "{FIRST_EDITION}" was replaced by its second edition, "{BUNDLED}", which ships with this '
            f"version: leave the model out, and calibrate and index again."
        )
    architecture, _, rest = wanted.partition("/")
    if architecture in open_clip.list_models():
        checkpoint = Path(rest).expanduser()
        if checkpoint.is_file():
            return architecture, str(checkpoint)
        config = open_clip.get_pretrained_cfg(architecture, rest) if rest else None
        if config:
            require_weights(config, wanted)
            return architecture, rest
    raise ModelError(f'There is no model "{wanted}"{_suggestion(wanted)}. `modgap models` lists what can be used.')


def _create(architecture: str, weights: str | None, wanted: str, device: str) -> tuple[Any, Any, Any]:
    import open_clip

    try:
        model, _, preprocess = open_clip.create_model_and_transforms(architecture, pretrained=weights, device=device)
        return model, preprocess, open_clip.get_tokenizer(architecture)
    except ImportError as error:
        raise ModelError(f'The model "{wanted}" needs a package that is not installed: {error}.') from error
    except (
        Exception
    ) as error:  # open_clip raises RuntimeError, KeyError, OSError and more, all for weights that do not load
        first_line = (str(error) or type(error).__name__).splitlines()[0]
        raise ModelError(f'The model "{wanted}" cannot be loaded: {first_line}') from error


def _suggestion(wanted: str) -> str:
    close = difflib.get_close_matches(wanted, [info.name for info in known_models()], n=3, cutoff=0.5)
    return f": did you mean {', '.join(close)}?" if close else ""
