"""The MCP server by choice: which tools it offers, that they work, and that no session can be shared through it."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from PIL import Image

from modgap.errors import CorpusError, EngineError, ModgapError
from modgap.search.collection import Collection
from modgap.search.live_collection import push
from modgap.ui.api import endpoints as api
from modgap.ui.api import mcp as mcp_tools
from modgap.ui.components.theme import launch_options
from modgap.ui.page import build_page
from modgap.ui.visit.model import SharedEncoder
from modgap.ui.visit.sample import sample_corpus

installed = pytest.mark.skipif(
    importlib.util.find_spec("mcp") is None, reason='the MCP extra is not installed: pip install "modgap[mcp]"'
)
HEADERS = {"accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def mcp_url(tmp_path_factory, toy_class, open_port) -> Iterator[str]:
    """A server over a folder of the operator's own."""
    folder = tmp_path_factory.mktemp("corpus")
    for colour in ("red", "blue"):
        Image.new("RGB", (40, 30), colour).save(folder / f"{colour}.png")
    for name, text in (("harbour", "A quiet harbour at dusk."), ("bread", "Bread rises twice.")):
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    mcp_tools.only_tools()
    app = build_page(SharedEncoder(toy_class), endpoints=[api.build_api, mcp_tools.tools_over(folder)])
    options = {**launch_options(), "mcp_server": True, "prevent_thread_lock": True, "quiet": True}
    _, url, _ = app.launch(server_name="127.0.0.1", server_port=open_port(), **options)
    yield f"{url}gradio_api/mcp/"
    app.close(verbose=False)


def ask(url: str, method: str, **parameters: Any) -> dict[str, Any]:
    """One call of the protocol, over streamable HTTP without a session."""
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
    answer = httpx.post(url, json=body, headers=HEADERS, timeout=60).raise_for_status()
    data = next(line for line in answer.text.splitlines() if line.startswith("data: "))
    return json.loads(data.removeprefix("data: "))["result"]


def call(url: str, tool: str, **arguments: Any) -> Any:
    result = ask(url, "tools/call", name=tool, arguments=arguments)
    text = result["content"][0]["text"]
    return text if result.get("isError") else json.loads(text)


@installed
def test_the_tools_are_ours_described_and_typed_and_no_other_endpoint_is_one(mcp_url):
    tools = {tool["name"]: tool for tool in ask(mcp_url, "tools/list")["tools"]}
    schema = {tool["name"]: tool for tool in httpx.get(f"{mcp_url}schema").json()}

    assert set(tools) == set(schema) == set(mcp_tools.TOOLS)
    search = tools["search_pictures_and_passages"]
    assert search["description"].startswith("Search pictures and text passages together")
    assert search["inputSchema"]["required"] == ["words"]
    assert search["inputSchema"]["properties"]["words"] == {
        "type": "string",
        "description": "what to look for, in plain words",
    }


@installed
def test_a_language_model_searches_the_operators_folder(mcp_url):
    assert call(mcp_url, "describe_corpus")["counts"] == {"text": 2, "image": 2}

    found = call(mcp_url, "search_pictures_and_passages", words="a harbour", k=3)
    assert len(found["hits"]) == 3
    assert all(hit["z"] is not None for hit in found["hits"])
    both = call(mcp_url, "compare_rankings", words="a harbour", k=5)
    assert len(both["raw"]) == len(both["calibrated"]) == 4
    assert call(mcp_url, "measure_modality_gap")["counts"]["image"] == 2


@installed
def test_bad_calls_come_back_as_sentences(mcp_url):
    assert "query is empty" in call(mcp_url, "search_pictures_and_passages", words=" ")
    assert "from 1 to 100" in call(mcp_url, "search_pictures_and_passages", words="red", k=1000)


@installed
@pytest.mark.parametrize("name", ["load_sample", "load_files", "corpus", "calibrate", "search", "files"])
def test_no_endpoint_with_a_session_can_be_called_by_its_name(mcp_url, name):
    assert "Unknown tool" in call(mcp_url, name)


def test_without_the_choice_there_is_no_mcp_server(toy_server, monkeypatch):
    monkeypatch.setenv("GRADIO_MCP_SERVER", "true")

    assert launch_options()["mcp_server"] is False
    assert httpx.get(f"{toy_server}gradio_api/mcp/schema").status_code == 404


def test_a_missing_package_is_named_with_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "mcp", None)

    with pytest.raises(ModgapError, match=r'pip install "modgap\[mcp\]"'):
        mcp_tools.only_tools()


def test_a_corpus_that_is_not_there_is_reported_before_anything_is_served():
    with pytest.raises(CorpusError, match="no-such-folder"):
        mcp_tools.tools_over("no-such-folder")


def test_the_sample_is_searched_where_the_operator_names_no_corpus(toy_state):
    tools = mcp_tools.Tools(toy_state, None)

    assert json.loads(tools.describe_corpus())["counts"] == {"text": 120, "image": 39}
    assert json.loads(tools.search_pictures_and_passages("windmill", 5))["hits"][0]["rank"] == 1


def test_a_live_engine_is_searched_in_place(toy_state, tmp_path):
    encoder = toy_state.encoder.get()
    url = f"milvus://{tmp_path}/items.db?collection=sample"
    push(Collection.encode(sample_corpus(), encoder), url)
    tools = mcp_tools.Tools(toy_state, url)

    found = json.loads(tools.search_pictures_and_passages("windmill", 5))

    assert len(found["hits"]) == 5
    assert {hit["modality"] for hit in json.loads(tools.compare_rankings("windmill", 10))["calibrated"]}
    assert json.loads(tools.describe_corpus())["counts"] == {"image": 39, "text": 120}
    assert json.loads(tools.measure_modality_gap())["severity"]


def test_a_url_with_a_secret_is_refused_before_anything_is_served():
    with pytest.raises(EngineError, match="take it out"):
        mcp_tools.tools_over("postgresql://me:hunter2@h/db")
