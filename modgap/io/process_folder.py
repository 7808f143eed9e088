"""A temporary folder of its own for each process: private, removed at the end, and swept after a process was killed.

Temporary files of all kinds lie inside it, so nothing is shared with another user of the machine, and one removal
leaves nothing behind. A running process holds the lock of its folder; the system releases it however the process ends,
so a folder whose lock is free belongs to nobody and is removed when the next process makes its own.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import tempfile
import threading
from pathlib import Path
from typing import Any

PREFIX = "modgap-"
_LOCK = ".lock"
_making = threading.Lock()
_held: dict[int, tuple[Path, Any]] = {}  # by process id: a fork needs a folder of its own


def process_folder() -> Path:
    """The folder of this process, made on first use: absolute, without links, readable by this user only.

    Raises OSError where the system's temporary folder cannot be written.
    """
    with _making:
        if os.getpid() not in _held:
            sweep(Path(tempfile.gettempdir()))
            folder = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
            _held[os.getpid()] = (folder, _lock(folder))
            atexit.register(_remove, os.getpid())
        return _held[os.getpid()][0]


def new_folder(purpose: str) -> Path:
    """A new folder inside that of this process. purpose: a word for its name. Raises OSError as above."""
    return Path(tempfile.mkdtemp(prefix=f"{purpose}-", dir=process_folder()))


def sweep(parent: Path) -> list[Path]:
    """Remove the folders in `parent` whose processes have ended; returns them. Those of other users are left alone."""
    removed = []
    for folder in parent.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if not (folder / _LOCK).is_file() or folder.stat().st_uid != _user() or folder.is_symlink():
                continue
            lock = _lock(folder)
            if lock is None:
                continue  # its process is running
            lock.release()
            shutil.rmtree(folder, ignore_errors=True)
            removed.append(folder)
    return removed


def _lock(folder: Path) -> Any:
    """The held lock of a folder, or None where another process holds it."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / _LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return None
    return lock


def _user() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0  # Windows has no user ids, and its folders report 0


def _remove(process: int) -> None:
    """Remove the folder at the end of its process; a fork that ends removes none but its own."""
    if process == os.getpid() and process in _held:
        folder, lock = _held.pop(process)
        with contextlib.suppress(OSError):
            lock.release()
        shutil.rmtree(folder, ignore_errors=True)
