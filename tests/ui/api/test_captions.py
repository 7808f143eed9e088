"""Caption scores for programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError


@pytest.fixture
def client(toy_server: str) -> Client:
    return Client(toy_server, verbose=False)


def refused(call: Callable[[], Any]) -> str:
    with pytest.raises(AppError) as caught:
        call()
    return str(caught.value)


@pytest.mark.parametrize(
    ("captions", "words"), [([], "no caption"), (["x"] * 21, "limit is 20"), (["x" * 501], "500"), ("x", "list of")]
)
def test_captions_that_cannot_be_scored_come_back_as_sentences(client, mixed_files, captions, words):
    assert words in refused(lambda: client.predict(handle_file(mixed_files[0]), captions, api_name="/score"))


def test_without_a_corpus_captions_are_compared_with_the_sample(client, mixed_files):
    scored = client.predict(handle_file(mixed_files[0]), ["a red square"], api_name="/score")

    assert scored["beside"] == "the sample corpus"
