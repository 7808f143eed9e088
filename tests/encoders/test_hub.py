"""Whether weights can be had is known within seconds, by asking the cache first and then their host."""

import http.server
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from modgap.encoders import hub, load_encoder
from modgap.encoders.hub import require_weights
from modgap.errors import ModelError


@pytest.fixture
def host() -> Iterator[str]:
    """A host on this machine that answers every request with 404."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def closed() -> str:
    """The address of a port on which nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def test_a_host_that_answers_is_enough(host: str) -> None:
    require_weights({"url": f"{host}/weights.pt"}, "A/b")


def test_a_url_out_of_reach_is_named_with_a_remedy(closed: str) -> None:
    with pytest.raises(ModelError, match=r"\"A/b\" is not on this machine and http.* cannot be reached.*NAME/PATH"):
        require_weights({"url": f"{closed}/weights.pt"}, "A/b")


def test_cached_weights_need_no_host(closed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", closed)
    wanted = []

    def cached(repository: str, file: str) -> str | None:
        wanted.append((repository, file))
        return str(tmp_path / file) if file.endswith(".bin") else None

    monkeypatch.setattr("huggingface_hub.try_to_load_from_cache", cached)
    require_weights({"hf_hub": "someone/model/"}, "A/b")
    assert wanted[-1] == ("someone/model", "open_clip_pytorch_model.bin")


def test_a_hub_that_is_switched_off_is_not_asked(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", host)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.try_to_load_from_cache", lambda *_: None)
    with pytest.raises(ModelError, match="HF_HUB_OFFLINE"):
        require_weights({"hf_hub": "someone/model"}, "A/b")


def test_a_hub_out_of_reach_is_reported_within_seconds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{free.getsockname()[1]}"
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", closed)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(hub, "HUB_TIMEOUT", 2.0)
    start = time.monotonic()
    with pytest.raises(ModelError, match=r"ViT-B-32/laion2b_s34b_b79k.*cannot be reached.*bundled model") as raised:
        load_encoder("ViT-B-32/laion2b_s34b_b79k")
    assert time.monotonic() - start < 10
    assert "\n" not in str(raised.value)
