"""How the app is built and served: private, bounded, offline."""

import os
import pickle
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import httpx
import pytest

from modgap.corpus import Corpus, SafeDecoder, read_corpus
from modgap.errors import CalibrationError, ModelError
from modgap.progress import silent
from modgap.search.collection import Collection
from modgap.ui.components.theme import ModgapTheme, launch_options, static
from modgap.ui.page import build_page
from modgap.ui.tabs.registry import Room
from modgap.ui.tabs.search_handlers import told
from modgap.ui.visit import zero_gpu
from modgap.ui.visit.model import SharedEncoder, chosen_encoder
from modgap.ui.visit.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def app(toy_encoder):
    return build_page(SharedEncoder(lambda: toy_encoder))


def test_what_the_page_calls_is_private_and_nothing_that_works_skips_the_queue(app):
    of_the_page = [each for each in app.fns.values() if each.targets]

    assert {each.api_visibility for each in of_the_page} == {"private"}
    assert {each.name for each in app.fns.values() if each.fn is not None and not each.queue} == {"begin", "cancel"}
    assert app.api_open is False


def test_encoding_takes_turns_and_searching_does_not_wait_for_it(app):
    by_queue = {each.concurrency_id for each in app.fns.values() if each.fn is not None and each.queue}

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
    options = launch_options()
    served = options["css"] + options["head"] + static("ask.js") + ModgapTheme()._get_theme_css()

    addresses = {each for each in re.findall(r"https?://[^\s'\")]+", served) if "www.w3.org" not in each}  # SVG's name

    assert addresses == set()
    assert "@import" not in served


def test_off_zero_gpu_the_mark_changes_nothing(monkeypatch):
    monkeypatch.delenv("SPACES_ZERO_GPU", raising=False)

    def work():
        return 1

    assert zero_gpu.lend_gpu(lambda: 60)(work) is work


@pytest.fixture
def zero_gpu_space(monkeypatch, toy_encoder):
    """A Space that lends a GPU: what goes into a fork and comes out of it is pickled, and it loads its own model."""
    asked_for = []

    def load(name, device):
        asked_for.append((name, device))
        return toy_encoder

    def forked(work):
        return lambda *arguments: pickle.loads(pickle.dumps(work(*pickle.loads(pickle.dumps(arguments)))))

    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    monkeypatch.setattr(zero_gpu, "load_encoder", load)
    for name in ("_encode_in_fork", "_calibrate_in_fork"):
        monkeypatch.setattr(zero_gpu, name, forked(getattr(zero_gpu, name)))
    return asked_for


def test_on_zero_gpu_the_fork_encodes_and_the_visitor_keeps_the_cpu_encoder(zero_gpu_space, toy_encoder, mixed_files):
    with SafeDecoder() as decoder:
        collection = zero_gpu.encode_corpus(read_corpus(mixed_files), toy_encoder, silent, decoder.open_picture)

    assert zero_gpu_space == [("toy", "cuda")]
    assert collection.encoder is toy_encoder
    assert collection.counts == {"text": 3, "image": 3}


def test_on_zero_gpu_the_fork_calibrates_and_the_visitor_searches_by_it(zero_gpu_space, toy_encoder, mixed_files):
    collection = Collection.encode(read_corpus(mixed_files), toy_encoder)
    here = Collection.encode(read_corpus(mixed_files), toy_encoder).calibrate(["red", "a harbour", "bread"])

    learnt = zero_gpu.calibrate_collection(collection, ["red", "a harbour", "bread"], silent)

    assert zero_gpu_space == [("toy", "cuda")]
    assert learnt.statistics == here.statistics
    assert collection.calibration is learnt
    assert collection.search("bread", 2, method="nnn"), "methods that learn find the queries, too"


def test_on_zero_gpu_an_error_comes_back_as_its_sentence(zero_gpu_space, toy_encoder, mixed_files):
    collection = Collection.encode(read_corpus(mixed_files[:3]), toy_encoder)

    with pytest.raises(CalibrationError, match="no passages"):
        zero_gpu.calibrate_collection(collection, None, silent)


def test_on_zero_gpu_the_marked_functions_ask_for_as_long_as_the_work_takes(monkeypatch, toy_encoder, mixed_files):
    asked = []
    spaces = ModuleType("spaces")
    spaces.GPU = lambda duration: asked.append(duration) or (lambda work: work)
    monkeypatch.setitem(sys.modules, "spaces", spaces)
    monkeypatch.setenv("SPACES_ZERO_GPU", "1")

    zero_gpu.lend_gpu(zero_gpu.seconds_for)(lambda: None)

    assert asked == [zero_gpu.seconds_for]
    collection = Collection.encode(read_corpus(mixed_files), toy_encoder)
    assert zero_gpu.seconds_for(Corpus(collection.items * 1000), None, "toy") == 20 + 6000 // 50
    assert zero_gpu.seconds_to_calibrate(collection.items, collection.vectors, "toy", ["a"] * 500) == 20 + 10


def test_the_operator_chooses_the_model_and_a_bad_choice_is_told_where_it_matters(monkeypatch):
    monkeypatch.setenv("MODGAP_MODEL", "no-such-model")

    app = build_page()

    assert app.fns
    with pytest.raises(ModelError, match=r'set to use a model that cannot be used.*"no-such-model"'):
        SharedEncoder().get()
    assert chosen_encoder("modgap-mini").name == "modgap-mini"


def test_settings_of_the_environment_that_are_no_numbers_are_told_and_stop_nothing(monkeypatch, caplog):
    for name, value in (("MODGAP_VISITS", "many"), ("MODGAP_IDLE", "5"), ("MODGAP_MODEL", " ")):
        monkeypatch.setenv(name, value)

    assert Settings.from_environment() == Settings(model=None, visits=64, idle_seconds=300)
    assert 'MODGAP_VISITS is "many"' in caplog.text


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
