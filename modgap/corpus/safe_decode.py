"""Decodes in separate processes: a file that hangs, crashes or bloats its decoder costs that process, not the app."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from PIL import Image

from modgap.corpus.limits import DEFAULT_LIMITS, Limits
from modgap.corpus.pictures import DEFAULT_DECODE_SIDE
from modgap.errors import CorpusError, PictureError

# our package's folder replaces the current folder, whose files may be anyone's, at the head of the path
_START_CODE = "import sys; sys.path[0] = sys.argv[1]; from modgap.corpus.decode_worker import main; main()"
_PACKAGE_FOLDER = str(Path(__file__).resolve().parents[2])


class SafeDecoder:
    """A few processes that decode for this one. Threads may share it.

        with SafeDecoder(limits) as decoder:
            picture = decoder.open_picture(path)     # as `open_picture(path, limits)`, or PictureError in limited time

    A process is killed if a file takes longer than `limits.picture_seconds` or `limits.document_seconds`. It may use
    `limits.decoder_bytes` of memory, if the system can limit that.
    workers: the largest number of processes; each starts when first needed, and again after it was killed (about half
        a second).
    """

    def __init__(self, limits: Limits = DEFAULT_LIMITS, *, workers: int | None = None) -> None:
        self.limits = limits
        self._idle: queue.LifoQueue[_Worker] = queue.LifoQueue()
        self._workers = [_Worker(limits) for _ in range(workers or min(4, os.cpu_count() or 1))]
        for worker in self._workers:
            self._idle.put(worker)

    def open_picture(self, path: Path, *, decode_side: int = DEFAULT_DECODE_SIDE) -> Image.Image:
        """As `pictures.open_picture`: RGB, upright. Raises PictureError with the reason."""
        request = {"task": "picture", "decode_side": decode_side}
        try:
            header, pixels = self._ask(request, path, self.limits.picture_seconds, "picture_seconds")
        except CorpusError as error:
            raise PictureError(str(error)) from error
        return Image.frombytes("RGB", tuple(header["size"]), pixels)

    def document_text(self, path: Path, file_type: str) -> str:
        """As `documents.document_text`: file_type is "pdf" or "docx". Raises CorpusError with the reason."""
        _, text = self._ask({"task": file_type}, path, self.limits.document_seconds, "document_seconds")
        return text.decode("utf-8", "surrogatepass")

    def document_pictures(self, path: Path, file_type: str) -> list[bytes]:
        """As `document_pictures.document_pictures`. Raises CorpusError with the reason."""
        task = {"task": f"pictures of {file_type}"}
        header, content = self._ask(task, path, self.limits.document_seconds, "document_seconds")
        pictures, start = [], 0
        for size in header["sizes"]:
            pictures.append(content[start : start + size])
            start += size
        return pictures

    def close(self) -> None:
        """End the processes. A later call starts them again."""
        for worker in self._workers:
            worker.stop()

    def __reduce__(self) -> tuple[type[SafeDecoder], tuple[Limits]]:
        return SafeDecoder, (self.limits,)  # a copy in another process starts its own workers

    def __enter__(self) -> SafeDecoder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, request: dict[str, Any], path: Path, seconds: float, limit: str) -> tuple[dict[str, Any], bytes]:
        worker = self._idle.get()
        try:
            header, payload = worker.ask({**request, "path": os.fsencode(path).hex()}, seconds)
        except TimeoutError as error:
            raise CorpusError(f"takes too long to read ({self.limits.named(limit)})") from error
        except (OSError, ValueError) as error:
            raise CorpusError("ends the program that reads it, so it is damaged or hostile") from error
        finally:
            self._idle.put(worker)
        if "error" in header:
            raise CorpusError(header["error"])
        return header, payload


class _Worker:
    """One process, started on the first request and again after it ended; used by one thread at a time."""

    def __init__(self, limits: Limits) -> None:
        self._limits = json.dumps(asdict(limits))
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, request: dict[str, Any], seconds: float) -> tuple[dict[str, Any], bytes]:
        """(header, payload). Raises TimeoutError, or OSError/ValueError if the process ended before it answered."""
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        timed_out = threading.Event()

        def end() -> None:
            timed_out.set()
            process.kill()

        timer = threading.Timer(seconds, end)
        timer.start()
        try:
            process.stdin.write(json.dumps({**request, "seconds": seconds}).encode() + b"\n")
            process.stdin.flush()
            header = json.loads(process.stdout.readline())
            payload = process.stdout.read(header["bytes"])
            if len(payload) != header["bytes"]:
                raise OSError("the answer broke off")
            return header, payload
        except (OSError, ValueError):
            self.stop()
            if timed_out.is_set():
                raise TimeoutError from None
            raise
        finally:
            timer.cancel()

    def stop(self) -> None:
        """Kill the process, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        process.wait()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.stop()
            self._process = subprocess.Popen(
                [sys.executable, "-c", _START_CODE, _PACKAGE_FOLDER, self._limits],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # decoders written in C print warnings there
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
                bufsize=1 << 20,
            )
            self._widen_pipe()
            self._await_ready()
        return self._process

    def _widen_pipe(self) -> None:
        """Enlarge the pipe, so that a picture of 224 x 224 passes in one write."""
        with suppress(ImportError, AttributeError, OSError):  # Linux only
            import fcntl

            assert self._process is not None
            assert self._process.stdout is not None
            fcntl.fcntl(self._process.stdout, fcntl.F_SETPIPE_SZ, 1 << 20)

    def _await_ready(self) -> None:
        """Wait until the process has started, so that its start does not count as time of the first file."""
        assert self._process is not None
        assert self._process.stdout is not None
        if self._process.stdout.readline() != b"ready\n":
            self.stop()
            raise OSError("the decoding process did not start")
