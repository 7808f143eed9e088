"""The app as a program sees it: a live server and gradio_client, from the first upload to the calibration file."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

from modgap.calibration import Calibration
from modgap.corpus import read_corpus
from modgap.progress import silent
from modgap.search.collection import Collection

PUBLIC = {
    *("load_sample", "load_files", "calibrate", "search", "search_by_picture"),
    *("gap", "evaluate", "calibration", "corpus", "methods", "score"),
}


@pytest.fixture
def client(toy_server: str) -> Client:
    return Client(toy_server, verbose=False)


def refused(call: Callable[[], Any]) -> str:
    with pytest.raises(AppError) as caught:
        call()
    return str(caught.value)


def test_the_whole_journey(client, mixed_files, tmp_path, toy_encoder):
    loaded = client.predict(list(map(handle_file, mixed_files)), api_name="/load_files")
    assert loaded["counts"] == {"text": 3, "image": 3}
    assert loaded["calibrated"] is False

    learnt = client.predict(["red", "a harbour", "bread"], api_name="/calibrate")
    assert learnt["queries"]["text"]["count"] == 3
    assert Calibration.from_json(client.predict(api_name="/calibration")) == Calibration.from_json(learnt)

    found = client.predict("a harbour at dusk", 2, api_name="/search")
    here = Collection.encode(read_corpus(mixed_files), toy_encoder)
    here.calibrate(["red", "a harbour", "bread"])
    expected = [hit.as_dict() for hit in here.search("a harbour at dusk", 2)]
    assert [{key: hit[key] for key in ("rank", "id", "modality")} for hit in found["hits"]] == [
        {key: hit[key] for key in ("rank", "id", "modality")} for hit in expected
    ]
    assert [hit["z"] for hit in found["hits"]] == pytest.approx([hit["z"] for hit in expected], abs=1e-4)
    raw = client.predict("a harbour at dusk", method="raw", api_name="/search")
    assert {hit["modality"] for hit in raw["hits"][:3]} == {"text"}

    by_picture = client.predict(handle_file(mixed_files[0]), method="raw", api_name="/search_by_picture")
    assert by_picture["hits"][0]["id"] == "red square.png"
    assert by_picture["query"] == "red square.png"

    assert client.predict(api_name="/gap")["counts"]["image"] == 3
    corpus = client.predict(api_name="/corpus")
    assert {item["id"] for item in corpus["items"]} == {path.name for path in mixed_files}

    labels = tmp_path / "labels.jsonl"
    labels.write_text(json.dumps({"id": "q", "text": "bread", "relevant": ["bread.txt"]}), encoding="utf-8")
    measured = client.predict(handle_file(labels), ["raw", "standardized"], api_name="/evaluate")
    assert measured["queries"] == 1
    assert set(measured["methods"]) == {"raw", "standardized"}

    scored = client.predict(handle_file(mixed_files[0]), ["a red square", "a harbour"], api_name="/score")
    assert [each["caption"] for each in scored["captions"]] == ["a red square", "a harbour"]
    assert scored["beside"] == "your corpus (3 pictures, 3 passages)"
    assert [word["word"] for word in scored["captions"][0]["words"]] == ["a", "red", "square"]


def test_two_clients_never_see_each_others_items(toy_server, mixed_files):
    first, second = Client(toy_server, verbose=False), Client(toy_server, verbose=False)
    first.predict([handle_file(mixed_files[0]), handle_file(mixed_files[3])], api_name="/load_files")
    assert "no corpus yet" in refused(lambda: second.predict(api_name="/corpus"))

    second.predict([handle_file(mixed_files[1]), handle_file(mixed_files[4])], api_name="/load_files")

    def items(client):
        return {item["id"] for item in client.predict(api_name="/corpus")["items"]}

    assert items(first) == {"red square.png", "harbour.txt"}
    assert items(second) == {"green square.png", "bread.txt"}
    found = second.predict("harbour", method="raw", api_name="/search")
    assert {hit["id"] for hit in found["hits"]} == {"green square.png", "bread.txt"}


def test_the_sample_is_loaded_and_measured_with_its_own_labels(client):
    assert client.predict(api_name="/load_sample")["sample"] is True
    assert client.predict(None, ["raw"], api_name="/evaluate")["queries"] > 50


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("",), "query is empty"),
        (("x" * 1001,), "more than 1,000 characters"),
        ((7,), "words is a text"),
        (("red", 0), "from 1 to 100"),
        (("red", "many"), "from 1 to 100"),
        (("red", 5, "magic"), 'no method "magic"'),
        (("red", 5, "oracle"), "learns from labels"),
    ],
)
def test_bad_searches_come_back_as_sentences(client, mixed_files, arguments, words):
    client.predict(list(map(handle_file, mixed_files)), api_name="/load_files")

    assert words in refused(lambda: client.predict(*arguments, api_name="/search"))


def test_files_that_cannot_be_used_are_named_without_our_folders(client, tmp_path):
    (tmp_path / "empty.txt").write_bytes(b"")
    said = refused(lambda: client.predict([handle_file(tmp_path / "empty.txt")], api_name="/load_files"))
    assert "empty.txt is empty" in said
    assert "/" not in said

    (tmp_path / "labels.jsonl").write_text('{"id": 1}', encoding="utf-8")
    client.predict(api_name="/load_sample")
    said = refused(lambda: client.predict(handle_file(tmp_path / "labels.jsonl"), api_name="/evaluate"))
    assert said.startswith("labels.jsonl:1 has neither")


@pytest.mark.parametrize("path", [str(Path(__file__)), "/etc/hostname", "https://example.org/a.png", "", None, 3])
@pytest.mark.parametrize("meta", [{"meta": {"_type": "gradio.FileData"}}, {}])
def test_no_path_of_the_server_can_be_named_as_an_upload(queued, path, meta):
    said = queued("search_by_picture", [{"path": path, **meta}, 10, "raw"])

    assert '"success":false' in said
    assert "hits" not in said


def test_the_endpoints_are_named_typed_and_described_and_nothing_else_is_public(toy_server):
    published = httpx.get(f"{toy_server}gradio_api/info").json()

    assert set(published["named_endpoints"]) == {f"/{name}" for name in PUBLIC}
    assert published["unnamed_endpoints"] == {}
    for name, endpoint in published["named_endpoints"].items():
        assert endpoint["description"], name
        for parameter in endpoint["parameters"]:
            assert parameter["type"], (name, parameter)
    search = published["named_endpoints"]["/search"]["parameters"]
    assert [(each["parameter_name"], each["type"]) for each in search] == [
        ("words", {"type": "string"}),
        ("k", {"type": "integer"}),
        ("method", {"type": "string"}),
    ]


def test_long_work_reports_how_far_it_is(toy_server, toy_class, queued, mixed_files, monkeypatch):
    quick = toy_class.encode_texts

    def slow(self, texts, *, progress=silent):
        progress("Reading passages", 1, len(texts) + 1)
        time.sleep(1)  # Gradio looks ten times a second
        return quick(self, texts, progress=progress)

    monkeypatch.setattr(toy_class, "encode_texts", slow)
    with mixed_files[3].open("rb") as file:
        path = httpx.post(f"{toy_server}gradio_api/upload", files={"files": ("harbour.txt", file)}).json()[0]

    said = queued("load_files", [[{"path": path, "meta": {"_type": "gradio.FileData"}}]])

    assert '"desc":"Reading passages"' in said
