"""Every picture of Pillow's own tests goes through the reader: it is read, or refused with a reason.

Run by `make test-hostile`, which needs a package index once: pip fetches Pillow's source archive into `.cache/hostile`.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tarfile
import time
from collections import Counter
from pathlib import Path

import pytest

from modgap.corpus import SafeDecoder, read_corpus
from modgap.errors import PictureError

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "hostile"
ARCHIVE = "pillow-12.0.0.tar.gz"
MAX_MEMORY = 2 * 1024**2  # kB

pytestmark = [pytest.mark.hostile, pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
def pictures() -> Path:
    """Pillow's `Tests/images`, fetched and unpacked once."""
    folder = CACHE / ARCHIVE.removesuffix(".tar.gz") / "Tests" / "images"
    if not folder.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        command = ["pip", "download", "pillow==12.0.0", "--no-binary", "pillow", "--no-deps", "--dest", str(CACHE)]
        subprocess.run([sys.executable, "-m", *command], check=True)
        with tarfile.open(CACHE / ARCHIVE) as archive:
            members = [member for member in archive if member.isfile() and "/Tests/images/" in member.name]
            archive.extractall(CACHE, members, filter="data")
    return folder


def test_each_is_read_or_refused_with_a_reason(pictures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {p.relative_to(pictures).as_posix() for p in pictures.rglob("*") if p.is_file()}
    corpus = read_corpus(pictures, keep_duplicates=True, words=None)
    outcomes: Counter[str] = Counter()
    reasons = {each.id: each.reason for each in corpus.skipped}
    slowest = ("", 0.0)
    with SafeDecoder() as decoder:
        for item in corpus.items:
            if item.path is None:
                outcomes["read as text"] += 1
                continue
            began = time.monotonic()
            try:
                picture = decoder.open_picture(item.path)
                assert picture.mode == "RGB", item.id
                outcomes["read as picture"] += 1
            except PictureError as error:
                reasons[item.id] = str(error)
            slowest = max(slowest, (item.id, time.monotonic() - began), key=lambda pair: pair[1])
    memory = {who: resource.getrusage(getattr(resource, who)).ru_maxrss for who in ("RUSAGE_SELF", "RUSAGE_CHILDREN")}

    assert {item.id for item in corpus.items} | set(reasons) == {name for name in files if "/." not in f"/{name}"}
    assert all(reasons.values())
    harmed = {n: r for n, r in reasons.items() if "ends the program" in r or "takes too long" in r}
    assert harmed == {}
    assert max(memory.values()) < MAX_MEMORY

    outcomes.update(f"refused: {kind_of_reason(reason)}" for reason in reasons.values())
    with capsys.disabled():
        print(f"\n{len(files)} files")
        for outcome, count in outcomes.most_common():
            print(f"{count:6}  {outcome}")
        print(f"slowest: {slowest[0]}, {slowest[1]:.2f} s; most memory of a process: {max(memory.values()) // 1024} MB")


def kind_of_reason(reason: str) -> str:
    """The reason without what is particular to the file."""
    for start in ("cannot be decoded", "has too many pixels", "is not of a kind", "is PostScript", "is not a JPEG"):
        if reason.startswith(start):
            return f"{start} ({reason.partition('(')[2].split(':')[0]})" if start == "cannot be decoded" else start
    return reason if len(reason) < 60 else f"{reason[:60]}…"
