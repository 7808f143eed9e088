"""Many visitors at once: what each waits for, and whether any meets an error or another visitor's items.

    python -m benchmarks.speed.visitors [--clients 64] [--minutes 10]

Starts a server in a process of its own. Each client is a `gradio_client` in a thread: it uploads and loads 6 pictures
and 8 texts of its own, calibrates, and searches five times; all begin at once. The table has the seconds of each call,
what waits in queues included, and the last lines the errors, the hits of other visitors and the server's peak memory.
Pictures are crops of the sample's photographs, tinted so that no two visitors have the same.

With --minutes the clients stay: each searches every six seconds or so, one in ten loads its files again each minute,
and one in twenty drops an upload halfway. The table then has the searches after all have arrived apart from those
before, and the last line the server's memory in both quarters of the second half.
"""

from __future__ import annotations

import argparse
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import numpy as np
from gradio_client import Client
from PIL import Image

from benchmarks.provenance import provenance
from modgap.io.assets import asset_path

PICTURES, SEARCHES = 6, 5
TEXTS = (
    "The {} kiln was fired with beech wood for nine days.",
    "A ferry leaves for {} at seven in the morning.",
    "How to sharpen a plane iron, noted in {}.",
    "Bread from {} keeps for a week in a linen bag.",
    "The bridge at {} was closed after the flood.",
    "Two owls nest in the tower of {}.",
    "Copper roofs turn green, as those of {} did.",
    "The clock of {} is wound once a day.",
)
QUERIES = ("a tower", "bread", "an animal", "water", "something red")


@dataclass
class Seen:
    """What the clients met: seconds by stage, errors, and hits that were not the visitor's own."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    foreign: int = 0
    measured: float = 0.0  # the last seconds of a long run, in which searches are counted


def visitor_files(number: int, folder: Path) -> list[Path]:
    """6 pictures and 8 texts that no other visitor has; each name holds the visitor's number."""
    rng = np.random.default_rng(number)
    photographs = sorted(asset_path("sample", "corpus", "photos").glob("*.webp"))
    files = []
    for each in range(PICTURES):
        picture = Image.open(photographs[rng.integers(len(photographs))]).convert("RGB")
        left, top = (int(rng.integers(side // 4)) for side in picture.size)
        cropped = np.asarray(picture.crop((left, top, *picture.size)), dtype=np.float32)
        tinted = np.clip(cropped * rng.uniform(0.8, 1.2, size=3), 0, 255).astype(np.uint8)
        files.append(folder / f"v{number}-picture{each}.jpg")
        Image.fromarray(tinted).save(files[-1], quality=90)
    for each, text in enumerate(TEXTS):
        files.append(folder / f"v{number}-text{each}.txt")
        files[-1].write_text(text.format(f"place {number}"), encoding="utf-8")
    return files


def visit(number: int, url: str, files: list[Path], begin: threading.Barrier, seen: Seen) -> None:
    """One visitor's calls, each timed."""
    try:
        client = Client(url, verbose=False, download_files=False)
        begin.wait()
        begun = time.monotonic()
        sent = upload(client, files)
        seen.seconds["upload"].append(time.monotonic() - begun)
        _timed(seen, "load", client, sent, api_name="/load_files")
        _timed(seen, "calibrate", client, api_name="/calibrate")
        for query in QUERIES[:SEARCHES]:
            found = _timed(seen, "search", client, f"{query} {number}", k=10, api_name="/search")
            seen.foreign += sum(not hit["id"].startswith(f"v{number}-") for hit in found["hits"])
            seen.errors += [] if found["hits"] else [f"visitor {number}: no hits"]
        seen.seconds["whole visit"].append(time.monotonic() - begun)
    except Exception as error:  # counted and printed: the benchmark's question is whether there are any
        seen.errors.append(f"visitor {number}: {type(error).__name__}: {error}")


def stay(number: int, url: str, files: list[Path], begin: threading.Barrier, seen: Seen, until: float) -> None:
    """One visitor who arrives, then searches on until a time of the monotonic clock, as people do: with pauses."""
    rng = np.random.default_rng(number)
    try:
        client = Client(url, verbose=False, download_files=False)
        begin.wait()
        time.sleep(float(rng.uniform(0, 60)))  # people do not arrive in one second
        _timed(seen, "load", client, upload(client, files), api_name="/load_files")
        _timed(seen, "calibrate", client, api_name="/calibrate")
        loaded = time.monotonic()
        while time.monotonic() < until:
            time.sleep(float(rng.uniform(3, 9)))
            query = QUERIES[int(rng.integers(len(QUERIES)))]
            stage = "search" if time.monotonic() > until - seen.measured else "search, arriving"
            found = _timed(seen, stage, client, f"{query} {number}", k=10, api_name="/search")
            seen.foreign += sum(not hit["id"].startswith(f"v{number}-") for hit in found["hits"])
            if number % 20 == 7:
                drop_upload(client.upload_url)
            if number % 10 == 3 and time.monotonic() - loaded > 60:
                _timed(seen, "load again", client, upload(client, files), api_name="/load_files")
                _timed(seen, "calibrate", client, api_name="/calibrate")
                loaded = time.monotonic()
    except Exception as error:  # counted and printed, as above
        seen.errors.append(f"visitor {number}: {type(error).__name__}: {error}")


def drop_upload(address: str) -> None:
    """Begin an upload and hang up in the middle of it."""
    parts = urlsplit(address)
    body = b'--x\r\nContent-Disposition: form-data; name="files"; filename="half.zip"\r\n\r\nPK' + b"0" * 20_000
    head = (
        f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Length: 1000000\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
    )
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as connection:
        connection.sendall(head.encode() + body)


def watch_memory(process: subprocess.Popen[bytes], memory: list[tuple[float, float]], until: float) -> None:
    """(seconds, MB held) of a process every five seconds (Linux)."""
    begun = time.monotonic()
    while time.monotonic() < until and process.poll() is None:
        pages = int(Path(f"/proc/{process.pid}/statm").read_text(encoding="ascii").split()[1])
        memory.append((time.monotonic() - begun, pages * os.sysconf("SC_PAGE_SIZE") / 1e6))
        time.sleep(5)


def upload(client: Client, files: list[Path]) -> list[dict[str, str]]:
    """Send all files in one request, as a browser does. `handle_file` makes one of each, which takes clients long."""
    with ExitStack() as opened:
        parts = [("files", (path.name, opened.enter_context(path.open("rb")))) for path in files]
        paths = (
            httpx.post(client.upload_url, files=parts, headers=client.headers, timeout=300).raise_for_status().json()
        )
    return [{"path": each, "orig_name": path.name} for each, path in zip(paths, files, strict=True)]


def _timed(seen: Seen, stage: str, client: Client, *arguments: object, **named: object) -> dict:
    begun = time.monotonic()
    answer = client.predict(*arguments, **named)
    seen.seconds[stage].append(time.monotonic() - begun)
    return answer


def start_server(clients: int) -> tuple[subprocess.Popen[bytes], str]:
    """A server whose model is loaded and that keeps the corpora of all clients, and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "modgap", "serve", "--port", str(port)]
    environment = {**os.environ, "MODGAP_VISITS": str(max(64, clients + 1))}
    serving = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while serving.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:  # the server does not listen yet
            time.sleep(0.1)
    url = f"http://127.0.0.1:{port}"
    Client(url, verbose=False).predict(api_name="/load_sample")
    return serving, url


def peak_megabytes(process: subprocess.Popen[bytes]) -> float:
    """The most memory that a process has held so far, in MB (Linux)."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) * 1024 / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--minutes", type=float, default=0, help="let the clients stay so long")
    arguments = parser.parse_args()
    clients, memory = arguments.clients, []
    seen, begin = Seen(measured=max(0.0, 60 * arguments.minutes - 150)), threading.Barrier(clients)
    with tempfile.TemporaryDirectory() as folder:
        files = [visitor_files(number, Path(folder)) for number in range(clients)]
        serving, url = start_server(clients)
        try:
            until = time.monotonic() + 60 * arguments.minutes
            each, more = (stay, (until,)) if arguments.minutes else (visit, ())
            threads = [
                threading.Thread(target=each, args=(number, url, files[number], begin, seen, *more))
                for number in range(clients)
            ]
            if arguments.minutes:
                threads.append(threading.Thread(target=watch_memory, args=(serving, memory, until)))
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            peak = peak_megabytes(serving)
        finally:
            serving.terminate()
            serving.wait()
    print(f"{'seconds':<12} {'median':>8} {'p95':>8} {'longest':>8}")
    for stage, seconds in seen.seconds.items():
        taken = sorted(seconds)
        print(f"{stage:<12} {statistics.median(taken):8.2f} {taken[int(0.95 * len(taken))]:8.2f} {taken[-1]:8.2f}")
    print(f"{clients} clients, {len(seen.errors)} errors, {seen.foreign} hits of others, peak memory {peak:,.0f} MB")
    if memory:
        half = [megabytes for seconds, megabytes in memory if seconds > memory[-1][0] / 2]
        middle = len(half) // 2
        first, last = statistics.mean(half[:middle]), statistics.mean(half[middle:])
        print(f"memory in the second half: {first:,.0f} MB, then {last:,.0f} MB ({min(half):,.0f} to {max(half):,.0f})")
    for error in seen.errors[:5]:
        print(f"  {error}")
    print(provenance())


if __name__ == "__main__":
    main()
