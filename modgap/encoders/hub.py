"""Checks within seconds whether a pretrained model can be had, before open_clip starts to build or download it."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import Any

from modgap.errors import ModelError

HUB_TIMEOUT = 4.0  # seconds to wait for the hub's first answer


def require_weights(config: dict[str, Any], name: str) -> None:
    """Raise ModelError unless the weights of a pretrained model are cached, or their host answers.

    open_clip itself would retry for most of a minute and then end in a traceback.
    config: open_clip's pretrained config. name: the model, for the message.
    """
    repository = config.get("hf_hub", "")
    if repository:
        from huggingface_hub import constants, try_to_load_from_cache

        repository = repository.rstrip("/")
        files = ("open_clip_model.safetensors", "open_clip_pytorch_model.safetensors", "open_clip_pytorch_model.bin")
        if any(isinstance(try_to_load_from_cache(repository, file), str) for file in files):
            return
        if constants.HF_HUB_OFFLINE:
            raise _unreachable(name, "the Hugging Face hub is switched off (HF_HUB_OFFLINE)")
        url = constants.ENDPOINT
    else:
        url = config.get("url", "")
    try:
        urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=HUB_TIMEOUT).close()
    except urllib.error.HTTPError:
        return  # the host answers; the download will show whether it has the file
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise _unreachable(name, f"{url} cannot be reached ({reason})") from error


def _unreachable(name: str, why: str) -> ModelError:
    return ModelError(
        f'The model "{name}" is not on this machine and {why}: use the bundled model (leave --model out), or give '
        f"a local checkpoint as NAME/PATH, for example ViT-B-32/weights.safetensors."
    )
