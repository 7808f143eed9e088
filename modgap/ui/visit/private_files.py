"""Uploads on the server's disk: out of reach of other visitors, and deleted as soon as they are read.

Gradio answers `/gradio_api/file=PATH` to whoever knows PATH, and lays an upload at SEED-AND-CONTENT-HASH/NAME. Two
visitors who bring the same file would share it, and whoever has a file and the seed of an installation could ask
whether another has it too. So here:

- each upload gets a folder of its own whose name nobody can guess (128 random bits go into the hash);
- `deleted_after` deletes it when it is read, also when reading fails;
- a web address in the place of an upload is refused: Gradio would fetch it, of any size, into the server's memory.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from gradio import Error, processing_utils, route_utils
from gradio.route_utils import GradioUploadFile
from gradio.utils import get_upload_folder

from modgap.errors import ModgapError

NOT_UPLOADED = "That is no uploaded file: upload it to this app first (gradio_client.handle_file does)."


class PrivateUpload(GradioUploadFile):
    """An upload whose folder is named by its content and by chance."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.sha.update(secrets.token_bytes(16))


async def no_download(url: str, cache_dir: str) -> str:
    """In the place of Gradio's download of an address that came where a file should."""
    raise Error(NOT_UPLOADED, print_exception=False)


def keep_uploads_private() -> None:
    """Make Gradio, of which the version is pinned, lay uploads apart and fetch no addresses."""
    route_utils.GradioUploadFile = PrivateUpload  # type: ignore[misc]
    processing_utils.async_ssrf_protected_download = no_download


@contextlib.contextmanager
def taken(files: Sequence[object]) -> Iterator[list[Path]]:
    """Where the files lie that a program uploaded and names in a call; they are deleted when the block ends.

    Raises ModgapError for whatever is no upload, such as any other path of the server.
    """
    named = [each["path"] for each in files if isinstance(each, dict) and isinstance(each.get("path"), str)]
    with deleted_after(named):
        yield [_uploaded(each) for each in files]


@contextlib.contextmanager
def deleted_after(paths: Sequence[str | Path]) -> Iterator[None]:
    """Delete uploaded files, with the folder that each has to itself, when the block ends, however it ends."""
    try:
        yield
    finally:
        for path in map(Path, paths):
            with contextlib.suppress(OSError, ValueError):  # gone already; held open (Windows); no path at all
                if _is_upload(path.resolve()):
                    path.unlink()
                    path.parent.rmdir()


def without_folders(words: str, paths: Sequence[str | Path]) -> str:
    """A message about uploads that names each by its name alone, not by where it lies on the server."""
    for path in paths:
        words = words.replace(str(path), Path(path).name)
    return words


def _uploaded(file: object) -> Path:
    given = file.get("path") if isinstance(file, dict) else None
    if not isinstance(given, str) or not given or "\0" in given:
        raise ModgapError(NOT_UPLOADED)
    path = Path(given).resolve()
    if not _is_upload(path) or not path.is_file():
        raise ModgapError(NOT_UPLOADED)
    return path


def _is_upload(path: Path) -> bool:
    """Is it inside a folder of the folder of uploads?"""
    folder = Path(os.path.realpath(get_upload_folder()))
    return folder in path.parent.parents
