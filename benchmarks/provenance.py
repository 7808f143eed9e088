"""The provenance line under every table: date, machine, commit and versions."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

MEASURED = (":/modgap", ":/assets", ":/benchmarks", ":/findings")  # what a number may depend on


def provenance() -> str:
    """Date, processor and cores, GPU if any, commit (with + if measured code differs from it), versions."""
    import torch

    commit = _git("rev-parse", "--short", "HEAD") or "no commit"
    changed = "+" if _git("status", "--porcelain", "--untracked-files=no", "--", *MEASURED) else ""
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
    versions = ", ".join(f"{name} {version(name)}" for name in ("torch", "open_clip_torch", "numpy"))
    machine = f"{_processor()}, {os.cpu_count()} cores, {device}"
    return f"{datetime.date.today()}, {machine}; commit {commit}{changed}; {versions}"


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
