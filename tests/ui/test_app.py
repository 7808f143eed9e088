"""How the app is built and served: private, bounded, offline."""

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from modgap.corpus import read_corpus
from modgap.progress import silent
from modgap.ui import zero_gpu
from modgap.ui.handlers import told
from modgap.ui.model import SharedEncoder
from modgap.ui.page import build_page
from modgap.ui.rooms import Room
from modgap.ui.theme import ModgapTheme, launch_options, static


@pytest.fixture
def app(toy_encoder):
    return build_page(SharedEncoder(lambda: toy_encoder))


def test_what_the_page_calls_is_private_and_nothing_skips_the_queue(app):
    of_the_page = [each for each in app.fns.values() if each.targets]

    assert {each.api_visibility for each in of_the_page} == {"private"}
    assert all(each.queue for each in app.fns.values() if each.fn is not None)
    assert app.api_open is False


def test_encoding_takes_turns_and_searching_does_not_wait_for_it(app):
    by_queue = {each.concurrency_id for each in app.fns.values() if each.fn is not None}

    assert by_queue == {"encoder", "search"}


def test_no_tab_keeps_a_connection_open(app):
    assert app.get_config_file()["connect_heartbeat"] is False


def test_uploads_are_deleted_and_nothing_is_kept_in_the_browser(app):
    options = launch_options()

    assert app.delete_cache is not None
    assert options["run_history"] is False
    assert options["enable_monitoring"] is False
    assert options["show_error"] is False
    assert options["max_file_size"] <= 25 * 2**20


def test_style_script_and_fonts_load_nothing_from_elsewhere():
    served = (
        static("page.css") + static("cards.css") + static("page.js") + static("ask.js") + ModgapTheme()._get_theme_css()
    )

    addresses = {each for each in re.findall(r"https?://[^\s'\")]+", served) if "www.w3.org" not in each}  # SVG's name

    assert addresses == set()
    assert "@import" not in served


def test_off_zero_gpu_the_mark_changes_nothing(monkeypatch):
    monkeypatch.delenv("SPACES_ZERO_GPU", raising=False)

    def work():
        return 1

    assert zero_gpu.lend_gpu(lambda: 60)(work) is work


def test_on_zero_gpu_the_fork_encodes_and_the_visitor_keeps_the_cpu_encoder(monkeypatch, toy_encoder, mixed_files):
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    asked_for = []
    monkeypatch.setattr(zero_gpu, "load_encoder", lambda device: asked_for.append(device) or toy_encoder)

    collection = zero_gpu.encode_corpus(read_corpus(mixed_files), toy_encoder, silent)

    assert asked_for == ["cuda"]
    assert collection.encoder is toy_encoder
    assert collection.counts == {"text": 3, "image": 3}


def test_the_bar_names_the_stage_and_how_far_it_is():
    calls = []

    told(lambda *done, **words: calls.append((done, words)))("Looking at pictures", 12, 43)

    assert calls == [(((12, 43),), {"desc": "Looking at pictures", "unit": ""})]


def test_a_path_that_no_visitor_uploaded_is_refused_and_no_file_of_the_app_is_served(app_url):
    base = app_url.split("/?")[0]
    config = httpx.get(f"{base}/config").json()
    upload = next(each["id"] for each in config["dependencies"] if each["api_name"] == "files")
    file = {"path": str(Path(__file__)), "meta": {"_type": "gradio.FileData"}, "orig_name": "x.txt"}
    body = {"data": [[file], True, 10], "fn_index": upload, "session_hash": "someone"}
    httpx.post(f"{base}/gradio_api/queue/join", json=body).raise_for_status()

    with httpx.stream("GET", f"{base}/gradio_api/queue/data?session_hash=someone", timeout=30) as events:
        outcome = next(line for line in events.iter_lines() if "process_completed" in line)

    assert '"success":false' in outcome
    assert httpx.get(f"{base}/gradio_api/file={Path(__file__)}").status_code == 403


def test_importing_the_room_loads_no_gradio():
    code = "import sys, modgap.ui; sys.exit('gradio' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], env=os.environ, check=False).returncode == 0


def test_a_room_gets_a_tab_of_its_own_and_what_all_rooms_share(toy_encoder):
    built = []

    def build(tab, shared):
        built.append((tab.label, shared.encoder.get()))

    build_page(SharedEncoder(lambda: toy_encoder), rooms=[Room("attic", "The attic", build)])

    assert built == [("The attic", toy_encoder)]
