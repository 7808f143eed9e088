"""What the tests of the app share: an encoder small enough to reason about, one server, one browser."""

from __future__ import annotations

import base64
import re
import secrets
import shutil
import socket
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from modgap.corpus import Corpus, read_corpus
from modgap.items import Item, Modality
from modgap.progress import Progress, silent
from modgap.search.collection import Collection
from modgap.ui.visit.session import LoadedCorpus, PageQuery, Visit
from modgap.ui.visit.thumbnails import thumbnails
from modgap.vectors import unit_vectors

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

EVIL = '<script>alert("x")</script>'


class ToyEncoder:
    """Words and colours in one space of 8 dimensions: the letters' counts, or the mean colour, plus the modality's own
    axis, so that there is a gap as in a real model."""

    name = "toy"
    device = "cpu"
    dimension = 8
    cache = None
    decode_side = 8

    def reads(self, text: str) -> bool:
        return True

    loaded, precision = True, "float32"
    shipped: dict[bytes, np.ndarray] = {}  # noqa: RUF012

    def wake(self) -> None:
        """It is awake."""

    def has_text(self, text: str) -> bool:
        return True

    def encode_texts(self, texts: Sequence[str], *, progress: Progress = silent) -> np.ndarray:
        rows = [[*(text.lower().count(letter) + 0.1 for letter in "aeiourt"), 6.0] for text in texts]
        progress("Reading passages", len(texts), len(texts))
        return unit_vectors(np.asarray(rows, dtype=np.float32).reshape(-1, 8))

    encode_fixed_texts = encode_texts

    def longer_than_read(self, texts: Sequence[str]) -> list[bool]:
        return [False] * len(texts)

    def prepare_picture(self, picture: Image.Image) -> np.ndarray:
        return np.asarray(picture.resize((4, 4)), dtype=np.float32).mean(axis=(0, 1)) / 64

    def encode_prepared(self, prepared: Sequence[np.ndarray]) -> np.ndarray:
        return unit_vectors(np.asarray([[*colour + 0.1, 0.1, 0.1, 0.1, 6.0, 0.1] for colour in prepared]))

    def encode_pictures(self, pictures: Sequence[Image.Image]) -> np.ndarray:
        return self.encode_prepared([self.prepare_picture(picture) for picture in pictures])


@pytest.fixture
def toy_encoder() -> Any:
    return ToyEncoder()


@pytest.fixture(scope="session")
def toy_class() -> type:
    return ToyEncoder


@pytest.fixture(scope="session")
def open_port() -> Callable[[], int]:
    return free_port


@pytest.fixture
def toy_state() -> Any:
    """What the tabs and endpoints of an app work with."""
    from modgap.corpus import SafeDecoder
    from modgap.ui.visit.app_state import AppState
    from modgap.ui.visit.model import Models, SharedEncoder
    from modgap.ui.visit.sample import KeptSample
    from modgap.ui.visit.session import Visits

    encoder = SharedEncoder(ToyEncoder)
    return AppState(encoder, Visits(), KeptSample(), SafeDecoder(), Models(encoder))


@pytest.fixture(scope="session")
def app_url() -> Iterator[str]:
    """The app with the bundled model on a free port, one for all browser tests."""
    from modgap.ui import build_app
    from modgap.ui.api.health import health_routes
    from modgap.ui.components.theme import launch_options

    port, app = free_port(), build_app()
    options = launch_options(health_routes())
    app.launch(server_name="127.0.0.1", server_port=port, prevent_thread_lock=True, quiet=True, **options)
    yield f"http://127.0.0.1:{port}/?__theme=light"
    app.close(verbose=False)


@pytest.fixture(scope="session", autouse=True)
def uploads_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """All servers of the run lay their uploads into a folder of the tests' own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(tmp_path_factory.mktemp("uploads")))
        yield


@pytest.fixture(scope="session")
def toy_server() -> Iterator[str]:
    """An app with the small encoder, one for all tests of programs."""
    from modgap.ui.components.theme import launch_options
    from modgap.ui.page import build_page
    from modgap.ui.visit.model import SharedEncoder

    app = build_page(SharedEncoder(ToyEncoder))
    options = {"server_port": free_port(), "prevent_thread_lock": True, "quiet": True, **launch_options()}
    _, url, _ = app.launch(server_name="127.0.0.1", **options)
    yield url
    app.close(verbose=False)


@pytest.fixture
def queued(toy_server: str) -> Callable[[str, list[Any]], str]:
    """Calls an endpoint by hand, as no client would, and returns everything that the queue answers."""

    def call(name: str, data: list[Any]) -> str:
        config = httpx.get(f"{toy_server}config").json()
        index = next(each["id"] for each in config["dependencies"] if each["api_name"] == name)
        session = secrets.token_hex(8)
        body = {"data": data, "fn_index": index, "session_hash": session}
        httpx.post(f"{toy_server}gradio_api/queue/join", json=body).raise_for_status()
        with httpx.stream("GET", f"{toy_server}gradio_api/queue/data?session_hash={session}", timeout=30) as events:
            lines = []
            for line in events.iter_lines():
                lines.append(line)
                if "process_completed" in line:
                    break
            return "\n".join(lines)

    return call


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium of the system, else Playwright's own."""
    from playwright.sync_api import Error, sync_playwright

    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=found, args=CHROMIUM_FLAGS)
        except Error as error:
            pytest.skip(f"no Chromium to drive: {str(error).splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture
def visitor(browser: Any, app_url: str) -> Iterator[Any]:
    """A fresh visitor on the empty page; fails the test on a script error or a request to anywhere else."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    context.set_default_timeout(30_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: errors.append(request.url) if _is_foreign(request.url) else None)
    page.goto(app_url)
    page.locator("#mg-start").wait_for()
    yield page
    context.close()
    assert errors == []


@pytest.fixture(scope="module")
def sample(browser: Any, app_url: str) -> Iterator[Any]:
    """A page with the sample corpus loaded, shared by tests that leave it loaded."""
    context = browser.new_context(viewport={"width": 1400, "height": 900}, accept_downloads=True)
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.goto(app_url)
    page.locator("#mg-start").click()
    page.locator(".mg-list-calibrated .mg-card").first.wait_for(timeout=60_000)
    yield page
    context.close()


@pytest.fixture
def mixed_files(tmp_path: Path) -> list[Path]:
    """Three pictures and three texts."""
    files = []
    for colour in ("red", "green", "blue"):
        files.append(tmp_path / f"{colour} square.png")
        Image.new("RGB", (60, 40), colour).save(files[-1])
    for name, text in (("harbour", "A quiet harbour at dusk."), ("bread", "Bread rises twice."), ("chess", "A fork.")):
        files.append(tmp_path / f"{name}.txt")
        files[-1].write_text(text, encoding="utf-8")
    return files


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_foreign(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1", "data:", "blob:"))


@pytest.fixture
def loaded(toy_encoder, mixed_files) -> LoadedCorpus:
    collection = Collection.encode(read_corpus(mixed_files), toy_encoder)
    return LoadedCorpus(collection, thumbnails(collection.items))


@pytest.fixture
def visit(toy_encoder, tmp_path: Path) -> Visit:
    """Twelve pictures and twelve passages, calibrated and searched, with names that would run if they could."""
    items, colours = (
        [],
        ("red", "green", "blue", "yellow", "black", "white", "orange", "pink", "gray", "navy", "lime", "tan"),
    )
    for place, colour in enumerate(colours):
        path = tmp_path / f"{colour}.png"
        Image.new("RGB", (8, 8), colour).save(path)
        items.append(Item(f"{colour}{EVIL if not place else ''}.png", Modality.IMAGE, path=path))
        items.append(
            Item(f"{colour}.txt", Modality.TEXT, text=f"a {colour} thing of {'aeiou'[place % 5] * (place + 1)}")
        )
    collection = Collection.encode(Corpus(items), toy_encoder)
    collection.calibrate([f"{'aeiourt'[i % 7] * (i + 1)} query" for i in range(20)])
    loaded = LoadedCorpus(collection, {0: "data:image/webp;base64,AAAA"})
    found = Visit(loaded=loaded, asked=PageQuery(f"=tea {EVIL}", f"=tea {EVIL}"))
    found.remember(f"=tea {EVIL}")
    return found


@pytest.fixture
def downloads() -> Callable[[str], dict[str, bytes]]:
    """The files inside a page, by name."""

    def find(page: str) -> dict[str, bytes]:
        links = re.findall(r'download="([^"]+)" href="data:[^;]+;base64,([^"]*)"', page)
        return {name: base64.b64decode(data) for name, data in links}

    return find
