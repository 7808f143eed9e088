"""`modgap docs`."""

from __future__ import annotations

import socket
import threading
import urllib.error
import urllib.request
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from modgap.io import assets


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    page = tmp_path / "assets" / "docs" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text("<h1>modgap</h1>", encoding="utf-8")
    (tmp_path / "assets" / "secret.txt").write_text("no page", encoding="utf-8")
    monkeypatch.setattr(assets, "_PACKAGE", tmp_path / "modgap")
    return page


def test_the_pages_and_nothing_else_are_served_to_this_machine(
    run, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, object] = {}
    servers: list[ThreadingHTTPServer] = []

    class Remembered(ThreadingHTTPServer):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments)
            servers.append(self)

    def visit(address: str) -> bool:
        """Stands for the browser: asks while the server listens, from a thread, and then ends it."""

        def ask() -> None:
            with urllib.request.urlopen(address, timeout=10) as answer:
                seen["page"] = answer.read().decode()
            with pytest.raises(urllib.error.HTTPError):
                urllib.request.urlopen(address.replace("index.html", "%2e%2e/secret.txt"), timeout=10)
            seen["address"] = address
            servers[0].shutdown()

        threading.Thread(target=ask).start()
        return True

    monkeypatch.setattr("webbrowser.open", visit)
    monkeypatch.setattr("modgap.cli.docs.ThreadingHTTPServer", Remembered)
    done = run("docs")
    assert done.returncode == 0
    assert seen["page"] == "<h1>modgap</h1>"
    assert str(seen["address"]).startswith("http://127.0.0.1:")
    assert str(seen["address"]) in done.stdout


def test_a_port_that_is_taken_is_named(run, built: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run("docs", "--port", taken.getsockname()[1])
    assert done.returncode == 1
    assert "choose another --port" in done.stderr


def test_the_path_can_be_asked_for(run, built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webbrowser.open", lambda address: pytest.fail("nothing is opened"))
    assert run("docs", "--path").stdout.strip() == str(built)


def test_pages_that_were_not_built_are_told(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "_PACKAGE", tmp_path / "modgap")
    done = run("docs")
    assert done.returncode == 1
    assert "`make docs` builds it" in done.stderr
