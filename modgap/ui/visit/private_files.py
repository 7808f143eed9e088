"""Uploads on the server's disk: out of reach of other visitors, and deleted as soon as they are read.

Gradio answers `/gradio_api/file=PATH` to whoever knows PATH, and stores an upload at SEED-AND-CONTENT-HASH/NAME. Two
visitors who upload the same file would share it, and whoever has a file and the seed of an installation could find out
whether another visitor has it too. So here:

- each upload gets its own folder with a name that nobody can guess (128 random bits go into the hash);
- all lie in a folder of this process, so that two users of one machine do not share Gradio's, which belongs to whoever
  came first;
- `deleted_after` deletes it once it is read, also when reading fails;
- an upload that breaks off leaves nothing;
- a web address instead of an upload is refused: Gradio would fetch it, of any size, into the server's memory.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from gradio import Error, processing_utils, route_utils
from gradio.route_utils import GradioMultiPartParser, GradioUploadFile
from gradio.utils import get_upload_folder
from starlette.datastructures import FormData
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect

from modgap.errors import ModgapError
from modgap.io.process_folder import new_folder

NOT_UPLOADED = "That is not an uploaded file: upload it to this app first (gradio_client.handle_file does)."


class PrivateUpload(GradioUploadFile):
    """An upload in a folder that is named by its content and random bits."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.sha.update(secrets.token_bytes(16))


class WholeUploads(GradioMultiPartParser):
    """Reads uploads, and leaves nothing of one that breaks off: a closed tab, a lost connection.

    Gradio removes what it has written for malformed uploads only; the rest would lie there for an hour.
    """

    async def parse(self) -> FormData:
        try:
            return await super().parse()
        except ClientDisconnect as gone:
            self._remove_parts()
            raise MultiPartException("The upload was broken off.") from gone
        except BaseException:  # such as a task that is cancelled
            self._remove_parts()
            raise

    def _remove_parts(self) -> None:
        for part in self._files_to_close_on_error:
            with contextlib.suppress(OSError, ValueError):
                part.close()
            with contextlib.suppress(OSError):
                Path(part.name).unlink(missing_ok=True)


async def no_download(url: str, cache_dir: str) -> str:
    """Replaces Gradio's download of a web address that was given instead of a file."""
    raise Error(NOT_UPLOADED, print_exception=False)


def keep_uploads_private() -> None:
    """Make Gradio, whose version is pinned, store uploads separately, in a folder of its own, and fetch no addresses.

    The folder is the operator's, where GRADIO_TEMP_DIR names one.
    """
    if not os.environ.get("GRADIO_TEMP_DIR"):
        os.environ["GRADIO_TEMP_DIR"] = str(new_folder("app"))
    route_utils.GradioUploadFile = PrivateUpload  # type: ignore[misc]
    route_utils.GradioMultiPartParser = WholeUploads  # type: ignore[misc]
    processing_utils.async_ssrf_protected_download = no_download


@contextlib.contextmanager
def received_files(files: Sequence[object]) -> Iterator[list[Path]]:
    """The paths of files that a program uploaded and names in a call; they are deleted when the block ends.

    Raises ModgapError for anything that is not an upload, such as another path of the server.
    """
    named = [each["path"] for each in files if isinstance(each, dict) and isinstance(each.get("path"), str)]
    with deleted_after(named):
        yield [_uploaded(each) for each in files]


@contextlib.contextmanager
def deleted_after(paths: Sequence[str | Path]) -> Iterator[None]:
    """Delete uploaded files, each with its folder, when the block ends, with or without an error."""
    try:
        yield
    finally:
        for path in map(Path, paths):
            with contextlib.suppress(OSError, ValueError):  # already deleted; still open (Windows); not a path
                if _is_upload(path.resolve()):
                    path.unlink()
                    path.parent.rmdir()


def without_folders(words: str, paths: Sequence[str | Path]) -> str:
    """A message about uploads with file names in place of paths of the server."""
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
    """Whether the path lies in a subfolder of the upload folder."""
    folder = Path(os.path.realpath(get_upload_folder()))
    return folder in path.parent.parents
