"""Unpacks a .zip into a temporary folder: entry names never become paths, and bytes are counted while unpacking."""

from __future__ import annotations

import shutil
import stat
import weakref
import zipfile
from pathlib import Path, PurePosixPath

from modgap.corpus.builder import LimitReachedError
from modgap.corpus.limits import Limits
from modgap.corpus.report import Skipped
from modgap.corpus.text import clean_text
from modgap.corpus.zip_directory import check_directory
from modgap.errors import CorpusError
from modgap.io.process_folder import new_folder

_CHUNK = 1 << 16  # bytes
_MIN_RATIO_BYTES = 1_000_000  # smaller entries may have any ratio: a short text of one letter packs well


class UnpackedArchive:
    """The files of an archive, unpacked; the folder is deleted together with this object.

    files: (name in the archive, path on disk) in the archive's order.
    skipped: entries that were refused, and why.
    Raises CorpusError for a file that is not a zip, LimitReachedError for too many entries or bytes.
    """

    def __init__(self, path: Path, limits: Limits) -> None:
        self._limits = limits
        self.files: list[tuple[str, Path]] = []
        self.skipped: list[Skipped] = []
        self.folder = new_folder("archive")
        self._remove = weakref.finalize(self, shutil.rmtree, str(self.folder), ignore_errors=True)
        self._bytes = 0
        try:
            self._unpack(path)
        except CorpusError:
            self._remove()
            raise
        except Exception as error:  # zipfile raises errors of many families on broken archives
            self._remove()
            raise CorpusError(f"is not a .zip, or is damaged ({type(error).__name__}: {error})") from error

    def _unpack(self, path: Path) -> None:
        seen: set[str] = set()
        check_directory(path, self._limits.archive_members, self._limits.named("archive_members"))
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > self._limits.archive_members:
                raise LimitReachedError(f"the archive has too many entries ({self._limits.named('archive_members')})")
            for member in members:
                name = clean_text(member.filename.replace("\\", "/"))
                if member.is_dir() or _is_hidden(name):
                    continue
                try:
                    _check_name(name, member)
                    if name in seen:
                        raise CorpusError("is in the archive more than once; the first is read")
                    seen.add(name)
                    target = self.folder / f"{len(self.files):06d}"
                    self._write(archive, member, target)
                    self.files.append((name, target))
                except LimitReachedError:
                    raise
                except CorpusError as error:
                    self.skipped.append(Skipped(name, str(error)))
                except Exception as error:  # the other entries may still be readable
                    self.skipped.append(Skipped(name, f"cannot be unpacked ({type(error).__name__}: {error})"))

    def _write(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
        """Unpack one entry, counting its bytes; delete what was written if the entry is refused."""
        limits, written = self._limits, 0
        try:
            with archive.open(member) as packed, target.open("wb") as file:
                while chunk := packed.read(_CHUNK):
                    written += len(chunk)
                    self._bytes += len(chunk)
                    if self._bytes > limits.archive_bytes:
                        raise LimitReachedError(f"the archive unpacks to too much ({limits.named('archive_bytes')})")
                    if written > limits.file_bytes:
                        raise CorpusError(f"unpacks to too much ({limits.named('file_bytes')})")
                    if written > max(_MIN_RATIO_BYTES, limits.archive_ratio * member.compress_size):
                        raise CorpusError(
                            f"unpacks to more than {limits.archive_ratio} times its size, as an archive bomb does "
                            f"({limits.named('archive_ratio')})"
                        )
                    file.write(chunk)
        except BaseException:
            target.unlink(missing_ok=True)
            raise


def _is_hidden(name: str) -> bool:
    parts = [part for part in name.split("/") if part not in (".", "..")]
    return any(part.startswith(".") for part in parts) or parts[:1] == ["__MACOSX"]


def _check_name(name: str, member: zipfile.ZipInfo) -> None:
    """Raise CorpusError for an entry that is not a plain file inside the archive's own folder."""
    if ".." in name.split("/"):
        raise CorpusError('has ".." in its name, which leads out of the archive')
    if not name or PurePosixPath(name).is_absolute() or name[1:2] == ":":
        raise CorpusError("has an absolute name, which leads out of the archive")
    mode = member.external_attr >> 16
    if stat.S_ISLNK(mode):
        raise CorpusError("is a link, which is not followed")
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise CorpusError("is not a file")
    if member.flag_bits & 1:
        raise CorpusError("is locked with a password: pack it without")
