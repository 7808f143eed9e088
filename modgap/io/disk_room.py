"""Room on a disk, asked for before a mapped file is filled: writing to one on a full disk ends the process at once."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path


def require_room(folder: Path, n_bytes: int) -> None:
    """Raise OSError (ENOSPC), as a plain write would, where the disk of a folder has fewer bytes free."""
    free = shutil.disk_usage(folder).free
    if free < n_bytes:
        raise OSError(errno.ENOSPC, f"it takes {n_bytes / 1e9:.1f} GB and {free / 1e9:.1f} GB are free")
