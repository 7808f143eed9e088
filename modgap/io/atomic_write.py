"""Files that are written whole or not at all: a full disk or a stopped process leaves the older one as it was."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from modgap.errors import ModgapError


def write_atomically(path: Path, content: bytes, *, error: type[ModgapError]) -> None:
    """Write a file beside its place and move it there; folders on the way are made, an older file is replaced.

    Raises `error`, naming the file and the cause, where that cannot be done; then nothing is left behind.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(content)
        os.replace(draft, path)
    except OSError as cause:
        with suppress(OSError):  # a folder on the way may be a file
            draft.unlink()
        raise error(f"{path} cannot be written: {cause.strerror or cause}.") from cause
