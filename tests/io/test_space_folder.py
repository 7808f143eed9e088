"""The folder of a Space holds what a Space needs, keeps its rules, and its app starts there."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from modgap.errors import ModgapError
from modgap.io import space_folder
from modgap.io.space_folder import front_matter_faults, write_space

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534


@pytest.fixture(scope="module")
def space() -> Iterator[Path]:
    """Written where another user may read it, which the folders of pytest do not allow."""
    above = Path(tempfile.mkdtemp())
    above.chmod(0o755)
    yield write_space(above / "space").path
    shutil.rmtree(above)


def test_it_holds_the_app_the_code_the_assets_and_nothing_else(space: Path) -> None:
    assert sorted(path.name for path in space.iterdir()) == [
        "README.md",
        "app.py",
        "assets",
        "modgap",
        "requirements.txt",
    ]
    for name in ("app.py", "requirements.txt"):
        assert (space / name).read_bytes() == (ROOT / name).read_bytes()
    assert not list(space.rglob("__pycache__"))
    assert max(path.stat().st_size for path in space.rglob("*") if path.is_file()) < space_folder.MOST_BYTES
    card = (space / "README.md").read_text(encoding="utf-8")
    assert card.startswith("---\ntitle: modgap\n")
    assert "arxiv.org/abs/2511.22141" in card


def as_another_user(python: str) -> dict[str, int]:
    """Arguments that let a process run as nobody, where this one may do that and nobody can run this Python."""
    if not hasattr(os, "getuid") or os.getuid() != 0:
        return {}
    try:
        done = subprocess.run([python, "-c", "import gradio"], user=NOBODY, capture_output=True, check=False, cwd="/")
    except PermissionError:
        return {}
    return {"user": NOBODY} if done.returncode == 0 else {}


def test_its_app_answers_as_on_a_space(space: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **{name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "MODGAP_MODEL")},
        "SYSTEM": "spaces",
        "SPACE_ID": "someone/modgap",
        "GRADIO_SERVER_NAME": "127.0.0.1",
        "GRADIO_SERVER_PORT": str(port),
        "HOME": "/nonexistent",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    user = as_another_user(sys.executable)
    code = "import runpy, modgap; print(modgap.__file__, flush=True); runpy.run_path('app.py', run_name='__main__')"
    with tempfile.TemporaryFile() as errors:
        serving = subprocess.Popen(
            [sys.executable, "-c", code], cwd=space, env=environment, stdout=subprocess.PIPE, stderr=errors, **user
        )
        try:
            answer = ""
            for _ in range(240):
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as response:
                        answer = response.read().decode()
                    break
                except OSError:
                    if serving.poll() is not None:
                        errors.seek(0)
                        pytest.fail(errors.read().decode())
                    time.sleep(0.25)
            assert json.loads(answer)["status"] == "ok"
        finally:
            serving.terminate()
            printed, _ = serving.communicate(timeout=20)
    assert printed.decode().startswith(str(space / "modgap")), "the code of the folder runs, not this checkout's"


def test_for_zero_gpu_it_has_its_package_and_python_and_names_no_other_hardware(tmp_path: Path) -> None:
    folder = write_space(tmp_path / "space", zero=True).path
    assert (folder / "requirements.txt").read_text(encoding="utf-8").splitlines()[-1] == "spaces"
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert 'python_version: "3.12.12"' in card
    assert "suggested_hardware" not in card
    assert front_matter_faults(card, (folder / "requirements.txt").read_text(encoding="utf-8")) == []


def test_a_clone_keeps_its_history_and_what_was_removed_goes(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    (clone / ".git").mkdir(parents=True)
    (clone / ".git" / "HEAD").write_text("ref: refs/heads/main\n", encoding="utf-8")
    (clone / "README.md").write_text("---\ntitle: x\n---\n", encoding="utf-8")
    write_space(clone)
    (clone / "modgap" / "left_over.py").write_text("", encoding="utf-8")
    write_space(clone)
    assert (clone / ".git" / "HEAD").is_file()
    assert not (clone / "modgap" / "left_over.py").exists()


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(ModgapError, match="holds something else"):
        write_space(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letters.txt"]
    with pytest.raises(ModgapError, match="is a checkout of modgap"):
        write_space(ROOT)
    with pytest.raises(ModgapError, match="is a file"):
        write_space(tmp_path / "letters.txt")


def test_a_file_that_a_space_refuses_stops_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(space_folder, "MOST_BYTES", 9_000_000)
    with pytest.raises(ModgapError, match=r"weights-.*\.safetensors has 9 MB, and 10 are allowed"):
        write_space(tmp_path / "space")
    assert not (tmp_path / "space").exists()


CARD = "---\ntitle: t\nsdk: gradio\nsdk_version: 6.31.0\napp_file: app.py\ncolorFrom: red\ncolorTo: blue\n---\n"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("colorFrom: red", "colorFrom: orange", "colorFrom is none of"),
        ("6.31.0", "6.30.0", "sdk_version 6.30.0 is not the pinned"),
        ("title: t\n", "", "title is missing"),
        ("title: t", f"title: t\nshort_description: {'x' * 61}", "short_description has more than 60"),
        ("title: t", "title: t\npython_version: 3.10", "python_version must be quoted"),
    ],
)
def test_each_rule_is_checked(old: str, new: str, fault: str) -> None:
    assert front_matter_faults(CARD, "gradio==6.31.0") == []
    assert [each for each in front_matter_faults(CARD.replace(old, new), "gradio==6.31.0") if fault in each]
