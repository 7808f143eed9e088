"""The worker's protocol: a line of JSON in, a line of JSON and raw bytes out."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from PIL import Image

from modgap.corpus import Limits

START = "from modgap.corpus.decode_worker import main; main()"


def answers(*requests: dict) -> tuple[list[dict], list[bytes]]:
    """(headers, payloads) of a worker that gets these requests and then the end of its input."""
    lines = b"".join(json.dumps({"seconds": 20, **request}).encode() + b"\n" for request in requests)
    command = [sys.executable, "-c", START, json.dumps(asdict(Limits(pixels=100)))]
    done = subprocess.run(command, input=lines, capture_output=True, timeout=60, check=True)
    ready, rest = done.stdout.split(b"\n", 1)
    assert ready == b"ready"
    headers, payloads = [], []
    while rest:
        header, rest = rest.split(b"\n", 1)
        headers.append(json.loads(header))
        payloads.append(rest[: headers[-1]["bytes"]])
        rest = rest[headers[-1]["bytes"] :]
    return headers, payloads


def test_pixels_and_reasons_come_back_in_the_order_of_the_requests(tmp_path: Path) -> None:
    Image.new("RGB", (3, 2), (1, 2, 3)).save(tmp_path / "small.png")
    Image.new("RGB", (11, 10)).save(tmp_path / "large.png")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing more")

    def request(name: str, task: str) -> dict:
        return {"task": task, "path": str(tmp_path / name).encode().hex(), "decode_side": 8}

    headers, payloads = answers(
        request("large.png", "picture"), request("broken.pdf", "pdf"), request("small.png", "picture")
    )
    assert "limit pixels: 100" in headers[0]["error"]
    assert "cannot be read as .pdf" in headers[1]["error"]
    assert headers[2] == {"size": [3, 2], "bytes": 18}
    assert payloads == [b"", b"", bytes([1, 2, 3]) * 6]
