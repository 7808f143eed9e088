"""Uploads: out of reach of other visitors, and deleted once they are read."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from gradio.utils import get_upload_folder

from modgap.encoders.load import BUNDLED
from modgap.errors import ModgapError
from modgap.io.process_folder import process_folder
from modgap.ui.visit.private_files import deleted_after, keep_uploads_private, received_files


def upload(server: str, name: str, content: bytes) -> Path:
    answer = httpx.post(f"{server}gradio_api/upload", files={"files": (name, content)})
    return Path(answer.raise_for_status().json()[0])


def status_of(server: str, path: str | Path) -> int:
    return httpx.get(f"{server}gradio_api/file={path}").status_code


def left() -> list[Path]:
    """Files that hold something in the folder of uploads."""
    return [path for path in Path(get_upload_folder()).rglob("*") if path.is_file() and path.stat().st_size]


def test_the_same_file_of_two_visitors_lies_in_two_folders_that_cannot_be_guessed(toy_server):
    first, second = (upload(toy_server, "trip.txt", b"A harbour.") for _ in range(2))

    assert first.parent != second.parent
    assert len(first.parent.name) == 64
    assert first.read_bytes() == second.read_bytes() == b"A harbour."


def test_after_loading_no_upload_is_left_to_fetch(toy_server, queued, mixed_files):
    before = left()
    sent = [as_sent(toy_server, path) for path in mixed_files]
    assert {status_of(toy_server, each["path"]) for each in sent} == {200}

    assert '"success":true' in queued("load_files", [sent])

    assert {status_of(toy_server, each["path"]) for each in sent} == {403}
    assert left() == before


def test_what_the_page_uploads_is_gone_after_loading_too(toy_server, queued, mixed_files):
    sent = [as_sent(toy_server, path) for path in mixed_files]

    assert '"success":true' in queued("files", [sent, BUNDLED, False, 10])

    assert {status_of(toy_server, each["path"]) for each in sent} == {403}


def test_a_picture_that_any_part_of_the_page_takes_is_gone_once_it_is_read(toy_server, queued, mixed_files):
    config = httpx.get(f"{toy_server}config").json()
    taking = {each["api_name"]: len(each["inputs"]) for each in config["dependencies"] if "picture" in each["api_name"]}
    assert len(taking) >= 3, "the search's, the captions', and the programs'"

    for name, inputs in taking.items():
        sent = as_sent(toy_server, mixed_files[0])
        queued(name, [sent, 10, "raw"][:inputs])
        assert status_of(toy_server, sent["path"]) == 403, name


@pytest.mark.parametrize("endpoint", ["load_files", "search_by_picture", "evaluate"])
def test_an_upload_that_is_refused_is_deleted_too(toy_server, queued, tmp_path, endpoint):
    (tmp_path / "p.jpg").write_bytes(b"")
    sent = as_sent(toy_server, tmp_path / "p.jpg")
    data = {"load_files": [[sent]], "search_by_picture": [sent, 10, "raw"], "evaluate": [sent, None]}

    said = queued(endpoint, data[endpoint])

    assert '"success":false' in said
    assert status_of(toy_server, sent["path"]) == 403


def as_sent(server: str, path: Path) -> dict:
    """An upload as a client names it to an endpoint."""
    sent = upload(server, path.name, path.read_bytes())
    return {"path": str(sent), "orig_name": path.name, "meta": {"_type": "gradio.FileData"}}


@pytest.mark.parametrize(
    "path",
    [
        *("/etc/hostname", str(Path(__file__)), "pyproject.toml", ".gitignore", ".git/config", "app.py"),
        *("../../../etc/hostname", "modgap/ui/page.py", "", "."),
    ],
)
def test_no_other_file_of_the_server_is_handed_out(toy_server, path):
    assert status_of(toy_server, path) in (403, 404)
    assert status_of(toy_server, f"{get_upload_folder()}/../{path}") in (403, 404)
    assert status_of(toy_server, f"%2e%2e/{path}") in (403, 404)


def test_no_endpoint_can_be_called_past_the_queue(toy_server):
    assert httpx.post(f"{toy_server}gradio_api/run/corpus", json={"data": []}).status_code == 404


def test_files_of_the_machine_are_no_uploads_and_stay(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    own, sent = tmp_path / "own" / "a.txt", tmp_path / "uploads" / "hash" / "a.txt"
    for path in (own, sent):
        path.parent.mkdir(parents=True)
        path.write_text("x", encoding="utf-8")
    link = tmp_path / "uploads" / "hash" / "link.txt"
    link.symlink_to(own)

    for path in (own, link, sent.parent, tmp_path / "uploads" / "hash" / ".." / ".." / "own" / "a.txt", "a\0b"):
        with pytest.raises(ModgapError, match="not an uploaded file"), received_files([{"path": str(path)}]):
            pass
    with received_files([{"path": str(sent)}]) as paths:
        assert paths == [sent.resolve()]
    assert not sent.exists()
    sent.write_text("x", encoding="utf-8")

    link.unlink()
    with deleted_after([own, sent, tmp_path / "uploads" / "gone.txt"]):
        assert sent.exists()
    assert own.exists()
    assert not sent.parent.exists()
    assert (tmp_path / "uploads").exists()


def test_uploads_lie_in_a_folder_of_this_process_unless_the_operator_names_one(monkeypatch, tmp_path: Path) -> None:
    """Gradio's own folder belongs to the first user of a machine, and the second one's uploads failed."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    keep_uploads_private()
    assert get_upload_folder() == str(tmp_path)
    monkeypatch.setenv("GRADIO_TEMP_DIR", "")
    keep_uploads_private()
    assert Path(get_upload_folder()).parent == process_folder()


@pytest.mark.parametrize("sent", [200, 20_000, 700_000])
def test_an_upload_that_is_dropped_halfway_leaves_nothing(toy_server, sent: int) -> None:
    folder = Path(get_upload_folder())
    before = {path for path in folder.rglob("*") if path.is_file()}
    address = urlsplit(toy_server)
    begin = b'--x\r\nContent-Disposition: form-data; name="files"; filename="half.zip"\r\n\r\nPK'
    head = (
        f"POST /gradio_api/upload HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: 1000000\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
    )
    with socket.create_connection((address.hostname, address.port), timeout=5) as connection:
        connection.sendall(head.encode() + begin + b"0" * sent)
        time.sleep(0.5)  # the server has begun to write
    left: set[Path] = set()
    for _ in range(50):
        left = {path for path in folder.rglob("*") if path.is_file()} - before
        if not left:
            break
        time.sleep(0.1)
    assert left == set()
