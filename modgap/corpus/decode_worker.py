"""The process that `SafeDecoder` starts: it reads one file after another and returns pixels or text.

A request is one line of JSON on stdin, {"task", "path", "seconds", ...}. The answer is one line of JSON on stdout,
followed by as many raw bytes as its "bytes" says. The process ends when its parent does (stdin closes), and by its own
alarm if a file takes too long.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from modgap.corpus.document_pictures import document_pictures
from modgap.corpus.documents import document_text
from modgap.corpus.limits import Limits
from modgap.corpus.pictures import open_picture
from modgap.corpus.spreadsheets import spreadsheet_text
from modgap.errors import ModgapError

PICTURES_OF = "pictures of "  # a task: the pictures inside a document of the type that follows


def main() -> None:
    """Serve requests until stdin closes. The last argument of the command line holds the limits as JSON."""
    limits = Limits(**json.loads(sys.argv[-1]))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the answers
    _limit_memory(limits.decoder_bytes)
    answers.write(b"ready\n")
    answers.flush()
    for line in sys.stdin.buffer:
        request = json.loads(line)
        has_alarm = hasattr(signal, "alarm")
        if has_alarm:
            signal.alarm(int(request["seconds"]) + 2)  # the default action ends the process, even inside C code
        header, payload = _answer(request, limits)
        if has_alarm:
            signal.alarm(0)
        _send(answers, header, payload)


def _answer(request: dict[str, Any], limits: Limits) -> tuple[dict[str, Any], bytes]:
    path = Path(os.fsdecode(bytes.fromhex(request["path"])))
    try:
        if request["task"] == "picture":
            picture = open_picture(path, limits, decode_side=request["decode_side"])
            return {"size": picture.size}, picture.tobytes()
        if request["task"].startswith(PICTURES_OF):
            pictures = document_pictures(path, request["task"].removeprefix(PICTURES_OF), limits)
            return {"sizes": [len(each) for each in pictures]}, b"".join(pictures)
        if request["task"] == "xlsx":
            return {}, spreadsheet_text(path, limits).encode("utf-8", "surrogatepass")
        return {}, document_text(path, request["task"], limits).encode("utf-8", "surrogatepass")
    except ModgapError as error:
        return {"error": str(error)}, b""
    except MemoryError:
        return {"error": f"needs too much memory to read ({limits.named('decoder_bytes')})"}, b""


def _send(answers: BinaryIO, header: dict[str, Any], payload: bytes) -> None:
    answers.write(json.dumps({**header, "bytes": len(payload)}).encode() + b"\n")
    answers.write(payload)
    answers.flush()


def _limit_memory(max_bytes: int) -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or max_bytes < hard:
        with suppress(ValueError, OSError):  # macOS refuses it
            resource.setrlimit(resource.RLIMIT_AS, (max_bytes, hard))
