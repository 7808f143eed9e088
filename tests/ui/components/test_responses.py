"""The headers of every response, and requests that are refused."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest


def upload(server: str, name: str, content: bytes) -> Path:
    answer = httpx.post(f"{server}gradio_api/upload", files={"files": (name, content)})
    return Path(answer.raise_for_status().json()[0])


@pytest.mark.parametrize("address", ["https://example.org/a.png", "HTTP://127.0.0.1/", "http:/169.254.169.254/"])
def test_the_server_fetches_no_address_for_anybody(toy_server, address):
    answer = httpx.get(f"{toy_server}gradio_api/file={address}")

    assert answer.status_code == 403
    assert "fetches nothing" in answer.text or "not allowed" in answer.text


def test_answers_say_that_types_are_not_to_be_guessed_nor_uploads_kept(toy_server, mixed_files):
    page = httpx.get(toy_server)
    file = httpx.get(f"{toy_server}gradio_api/file={upload(toy_server, 'a.txt', b'x')}")

    for answer in (page, file):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
    assert file.headers["cache-control"] == "private, no-store"
    assert file.headers["content-disposition"].startswith(("attachment", "inline"))


def test_an_active_document_is_never_shown_inside_the_site(toy_server):
    for name in ("page.html", "drawing.svg"):
        file = httpx.get(f"{toy_server}gradio_api/file={upload(toy_server, name, b'<svg onload=alert(1)>')}")

        assert file.headers["content-disposition"].startswith("attachment")
        assert file.headers["content-type"] == "application/octet-stream"
