"""The page: its queues, what is private, its tabs, and the Space that serves it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from modgap.ui.components.theme import launch_options
from modgap.ui.page import build_page
from modgap.ui.tabs.registry import AppTab
from modgap.ui.visit.model import SharedEncoder

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def app(toy_encoder):
    return build_page(SharedEncoder(lambda: toy_encoder))


def test_what_the_page_calls_is_private_and_nothing_that_works_skips_the_queue(app):
    of_the_page = [each for each in app.fns.values() if each.targets]

    assert {each.api_visibility for each in of_the_page} == {"private"}
    quick = {each.name for each in app.fns.values() if each.fn is not None and not each.queue}
    assert quick == {"begin", "begin_sample", "cancel"}
    assert app.api_open is False


def test_only_corpora_wait_for_corpora(app):
    calls = [each for each in app.fns.values() if each.fn is not None and each.queue]
    named = {
        name: {each.concurrency_id for each in calls if each.name == name} for name in (each.name for each in calls)
    }

    assert {each.concurrency_id for each in calls} == {"encoder", "calibration", "sample", "search"}
    assert named["files"] == named["load_files"] == {"encoder"}
    assert named["calibrate"] == {"calibration"}
    assert named["sample"] == named["load_sample"] == {"sample"}
    assert named["words"] == named["search"] == {"search"}


def test_each_queue_has_one_limit(app):
    """Gradio takes the lowest limit of a queue's calls, 1 for a call that names none."""
    limits = {
        (each.concurrency_id, each.concurrency_limit) for each in app.fns.values() if each.fn is not None and each.queue
    }

    assert len(limits) == len({name for name, _ in limits})


def test_a_corpus_is_only_read_where_the_queue_had_room(app):
    chained = {each.name: each.trigger_only_on_success for each in app.fns.values() if each.name in ("files", "sample")}

    assert chained == {"files": True, "sample": True}


def test_no_tab_keeps_a_connection_open(app):
    assert app.get_config_file()["connect_heartbeat"] is False


def test_uploads_are_deleted_and_nothing_is_kept_in_the_browser(app):
    options = launch_options()

    assert app.delete_cache is not None
    assert options["run_history"] is False
    assert options["enable_monitoring"] is False
    assert options["show_error"] is False
    assert options["max_file_size"] <= 25 * 2**20


def test_a_space_installs_the_gradio_that_we_pin():
    front = (ROOT / "README.md").read_text(encoding="utf-8").split("---")[1]
    fields = dict(re.findall(r"^(\w+): (.+)$", front, re.M))
    pinned = re.search(r'"gradio==([\d.]+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8")).group(1)

    assert fields["sdk_version"] == pinned
    assert fields["sdk"] == "gradio"
    assert fields["python_version"].startswith('"'), "unquoted, 3.10 would be 3.1"
    assert (ROOT / fields["app_file"]).is_file()
    assert len(fields["short_description"]) <= 60
    assert fields["license"] == "apache-2.0"
    assert {"title", "emoji", "colorFrom", "colorTo", "pinned", "suggested_hardware"} <= set(fields)
    colours = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
    assert {fields["colorFrom"], fields["colorTo"]} <= colours


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


def test_importing_the_package_loads_no_gradio():
    code = "import sys, modgap.ui; sys.exit('gradio' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], env=os.environ, check=False).returncode == 0


def test_a_tab_is_built_inside_its_own_gradio_tab_with_the_shared_state(toy_encoder):
    built = []

    def build(tab, state):
        built.append((tab.label, state.encoder.get()))

    build_page(SharedEncoder(lambda: toy_encoder), tabs=[AppTab("attic", "The attic", build)])

    assert built == [("The attic", toy_encoder)]
