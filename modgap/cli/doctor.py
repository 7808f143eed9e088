"""`modgap doctor`: what a bug report needs to say of the machine and of what is installed, in one table."""

from __future__ import annotations

import importlib
import os
import platform
import shutil
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from rich.table import Table

import modgap
from modgap.cli import terminal
from modgap.cli.options import JsonOption
from modgap.io.extras import EXTRAS, missing_modules

_PACKAGES = ("numpy", "torch", "open_clip_torch", "timm", "faiss-cpu", "pillow", "gradio")


def doctor(as_json: JsonOption = False) -> None:
    """Print versions, device, caches, free disk and missing extras: what to paste into a bug report."""
    found = examined()
    if as_json:
        terminal.print_json(found)
        return
    table = Table(show_header=False)
    for name, value in found.items():
        table.add_row(name, ", ".join(map(str, value)) if isinstance(value, list) else str(value))
    terminal.out.print(table)


def examined() -> dict[str, Any]:
    """The rows by name: numbers, words, or lists of words. No path of the user but that of the cache is among them."""
    missing = [f"pip install 'modgap[{extra}]'" for extra in EXTRAS if missing_modules(extra)]
    cache = _cache()
    return {
        "modgap": modgap.__version__,
        "Python": f"{platform.python_version()} on {platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "device": _device(),
        **{name: _version(name) for name in _PACKAGES},
        "bundled model": _bundled(),
        **cache,
        "extras that are missing": missing or "none",
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _device() -> str:
    try:
        torch = importlib.import_module("torch")
    except ImportError:
        return "unknown: torch is not installed"
    if not torch.cuda.is_available():
        return "CPU"
    return f"CUDA: {torch.cuda.get_device_name()}"


def _bundled() -> str:
    """Whether the weights are there and whole, without loading them."""
    from modgap.encoders.bundled import FOLDER, weights_hash
    from modgap.errors import ModgapError
    from modgap.io.assets import asset_path

    try:
        return f"there, weights {weights_hash(asset_path(*FOLDER))[:12]}"
    except (ModgapError, OSError) as error:
        return f"not usable: {error}"


def _cache() -> dict[str, str]:
    """Where vectors are kept, how many bytes, and how much room is left there."""
    from modgap.errors import ModgapError

    try:
        with modgap.VectorCache() as cache:
            found = cache.info()
    except ModgapError as error:
        return {"vector cache": f"not usable: {error}"}
    folder = found.path if found.path.is_dir() else found.path.parent
    free = f"{shutil.disk_usage(folder).free / 1e9:,.1f} GB" if folder.is_dir() else "unknown"
    return {"vector cache": f"{found.path}, {found.bytes / 1e6:,.1f} MB", "free disk there": free}
