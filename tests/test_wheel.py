"""The wheel alone, in an environment of its own: without extras it calibrates vectors, with them it serves the app."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.request
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MOST_MB = 300  # of everything that the base installs
BASE = """
import json, sys
import numpy as np
import modgap

random = np.random.default_rng(0)
vectors = random.standard_normal((260, 16)) + np.where(np.arange(260) % 2, 2.0, 0.0)[:, None]
collection = modgap.Collection.from_vectors([f"i{n}" for n in range(200)], ["text", "image"] * 100, vectors[:200])
collection.calibrate(vectors[200:])
np.savez("vectors.npz", ids=[f"i{n}" for n in range(200)], modality=["text", "image"] * 100, vectors=vectors[:200])
np.savez("queries.npz", ids=[f"q{n}" for n in range(60)], modality=["text"] * 60, vectors=vectors[200:])
hits = collection.search(vectors[230], k=10)
print(json.dumps({"file": modgap.__file__, "hits": len(hits), "groups": sorted({hit.modality for hit in hits})}))
"""


def checked(*command: str | Path, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, cwd=cwd, env=environment)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    checked(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, ROOT, cwd=folder)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def environment(wheel: Path) -> Path:
    """A virtual environment with the wheel and what it needs, and nothing else; its Python."""
    folder = wheel.parent / "environment"
    checked(sys.executable, "-m", "venv", "--without-pip", folder, cwd=wheel.parent)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    checked(sys.executable, "-m", "pip", "--python", python, "install", "-q", wheel, cwd=wheel.parent)
    return python


def site_packages(python: Path) -> Path:
    return Path(
        checked(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=python.parent).strip()
    )


def test_the_description_begins_below_the_front_matter_of_the_space(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        metadata = next(name for name in archive.namelist() if name.endswith("METADATA"))
        description = archive.read(metadata).decode().partition("\n\n")[2]
    assert description.lstrip().startswith("# modgap")
    assert "sdk_version" not in description


def test_the_base_is_small_and_has_no_model_code(environment: Path) -> None:
    folder = site_packages(environment)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
    assert size < MOST_MB
    assert not [name for name in ("torch", "gradio", "scipy") if (folder / name).exists()]


def test_the_base_calibrates_searches_and_exports_vectors(environment: Path, tmp_path: Path) -> None:
    found = json.loads(checked(environment, "-c", BASE, cwd=tmp_path))
    assert str(environment.parents[1]) in found["file"]
    assert found["hits"] == 10
    modgap = environment.with_name("modgap")
    checked(modgap, "calibrate", "vectors.npz", "--queries", "queries.npz", "--out", "c.json", cwd=tmp_path)
    snippet = checked(modgap, "export", "c.json", "--to", "pgvector", "--table", "items", cwd=tmp_path)
    assert "items" in snippet
    assert json.loads(checked(modgap, "doctor", "--json", cwd=tmp_path))["torch"] == "not installed"


@pytest.fixture
def with_extras(environment: Path) -> Path:
    """The same environment with the extras of the one that runs the tests: they are gigabytes, and installed once."""
    line = site_packages(environment) / "extras_of_the_tests.pth"
    line.write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    yield environment
    line.unlink()


def test_the_wheel_searches_the_sample_in_words(with_extras: Path, tmp_path: Path) -> None:
    corpus = site_packages(with_extras) / "modgap" / "_assets" / "sample" / "corpus"
    arguments = ("search", corpus, "windmills by the sea", "--no-cache", "--json")
    hits = json.loads(checked(with_extras.with_name("modgap"), *arguments, cwd=tmp_path))["hits"]
    assert {"image", "text"} == {hit["modality"] for hit in hits}


def test_the_wheel_serves_the_app(with_extras: Path, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(with_extras.with_name("modgap")), "serve", "--port", str(port)]
    serving = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        answer = ""
        for _ in range(240):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as response:
                    answer = response.read().decode()
                break
            except OSError:
                assert serving.poll() is None, "the app has ended"
                time.sleep(0.25)
        assert json.loads(answer)["status"] == "ok"
    finally:
        serving.terminate()
        serving.wait(20)
