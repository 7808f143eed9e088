"""OpenSearch against a server of the tests' own that answers as documented; no real one is at hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from modgap.engines.connect import open_engine
from modgap.engines.opensearch import NOT_RUN
from modgap.errors import EngineError
from tests.engines.live_laws import check_empty, check_hits, check_rows_and_scores, stored
from tests.engines.opensearch_server import OpenSearchServer


@pytest.fixture
def server() -> Iterator[OpenSearchServer]:
    server = OpenSearchServer()
    yield server
    server.close()


@pytest.fixture
def url(server: OpenSearchServer) -> str:
    return f"opensearch://127.0.0.1:{server.port}/wares"


def test_rows_scores_and_a_second_push(url: str) -> None:
    check_rows_and_scores(url)


def test_hits_are_those_of_a_collection(url: str) -> None:
    check_hits(url)


def test_a_missing_index_and_a_wrong_field(url: str) -> None:
    check_empty(open_engine(url))
    open_engine(url).push(stored(3), model="a model")
    assert open_engine(url).model == "a model"
    with pytest.raises(EngineError, match=r'no keyword field "kind" for group. It has: embedding, modality, text'):
        _ = open_engine(url + "?group=kind").groups


@pytest.mark.parametrize("space", ["cosinesimil", "innerproduct", "l2"])
def test_every_space_becomes_a_cosine(url: str, server: OpenSearchServer, space: str) -> None:
    items = stored(10)
    open_engine(url).push(items)
    server.indexes["wares"]["mappings"]["properties"]["embedding"]["space_type"] = space
    engine = open_engine(url)
    found = engine.top_k(-items[3].vector[None, :], 10, "text")  # negative cosines too
    right = sorted((float(-items[3].vector @ each.vector) for each in items[:10]), reverse=True)
    assert found.scores[0].tolist() == pytest.approx(right, abs=1e-4)


def test_the_advice_says_that_it_never_ran_on_a_real_server(url: str) -> None:
    open_engine(url).push(stored(10))
    engine = open_engine(url)
    assert NOT_RUN in engine.advice(stored(2)[0].vector[None, :], 3).lines


def test_nobody_listens() -> None:
    with pytest.raises(EngineError, match=r"OpenSearch at 127\.0\.0\.1:1"):
        _ = open_engine("opensearch://127.0.0.1:1/items").groups
