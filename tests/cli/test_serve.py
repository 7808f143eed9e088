"""`modgap serve`: the settings that reach the app, and those refused before anything is served."""

import contextlib
import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import gradio as gr
import pytest

from modgap.ui.visit.warm_up import warm_up


@pytest.fixture
def models():
    return []


@pytest.fixture(autouse=True)
def warmed_up_at_once(monkeypatch):
    """The model is loaded before `serve` goes on, so that no thread of one test runs into the next."""

    def at_once(*args):
        warm_up(*args, patience=0, answered=0).join()

    monkeypatch.setattr("modgap.ui.visit.warm_up.warm_up", at_once)


@pytest.fixture
def launched(monkeypatch, models):
    """The options passed to Gradio, which serves nothing here; `models` collects the models loaded."""
    passed = {}
    monkeypatch.setattr("modgap.ui.visit.model.load_encoder", lambda name=None, device=None: models.append(name))
    monkeypatch.setattr(gr.Blocks, "block_thread", lambda page: None)
    monkeypatch.setattr(gr.Blocks, "launch", lambda page, **options: passed.update(options, page=page))
    return passed


def test_by_default_it_serves_this_machine_only_and_no_mcp(run, launched):
    assert run("serve").returncode == 0

    assert (launched["server_name"], launched["server_port"], launched["share"]) == ("127.0.0.1", 7860, False)
    assert launched["mcp_server"] is False
    assert launched["root_path"] is None
    assert not launched.get("allowed_paths")


def test_options_reach_the_app(run, launched, folder):
    arguments = ["--host", "0.0.0.0", "--port", "8000", "--root-path", "/modgap"]
    if importlib.util.find_spec("mcp"):
        arguments += ["--mcp", "--corpus", folder]
    assert run("serve", *arguments).returncode == 0

    assert (launched["server_name"], launched["server_port"]) == ("0.0.0.0", 8000)
    assert launched["root_path"] == "/modgap"
    assert launched["mcp_server"] is ("--mcp" in arguments)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--corpus", "trip"), 2, "goes with --mcp"),
        (("--pictures", "/p/{id}"), 2, "goes with the URL of a live engine"),
        (("--corpus", "qdrant:///q", "--pictures", "p/{id}"), 1, "once, such as"),
        (("--corpus", "postgresql://me:hunter2@h/db"), 1, "take it out"),
        (("--root-path", "modgap"), 1, "is a path such as /modgap"),
        (("--port", "99999"), 2, "65535"),
    ],
)
def test_what_cannot_be_served_is_refused(run, launched, arguments, code, words):
    done = run("serve", *arguments)

    assert done.returncode == code
    assert words in done.stderr
    assert launched == {}


def test_a_port_that_is_taken_is_named(run, launched, monkeypatch):
    def taken(page, **options):
        raise OSError("Cannot find empty port")

    monkeypatch.setattr(gr.Blocks, "launch", taken)

    done = run("serve", "--port", "7999")
    assert done.returncode == 1
    assert "127.0.0.1:7999" in done.stderr
    assert "choose another --port" in done.stderr


def test_the_model_is_the_one_that_was_named(run, launched, models):
    assert run("serve", "--model", "ViT-B-32/laion2b_s34b_b79k").returncode == 0

    assert models == ["ViT-B-32/laion2b_s34b_b79k"]


@pytest.mark.skipif(not hasattr(signal, "SIGTERM") or sys.platform == "win32", reason="a signal of Unix")
def test_a_host_that_ends_it_finds_no_folder_left_and_exit_code_0(tmp_path: Path, open_a_port) -> None:
    command = [sys.executable, "-m", "modgap", "serve", "--port", str(open_a_port)]
    serving = subprocess.Popen(
        command, env={**os.environ, "TMPDIR": str(tmp_path)}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        for _ in range(240):
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(f"http://127.0.0.1:{open_a_port}/health") as answer,
            ):
                assert answer.status == 200
                break
            time.sleep(0.25)
        serving.send_signal(signal.SIGTERM)
        _, errors = serving.communicate(timeout=30)
    finally:
        serving.kill()
    assert (serving.returncode, b"Traceback" in errors) == (0, False), errors
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("modgap-")] == []


@pytest.fixture
def open_a_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
