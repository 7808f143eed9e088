"""Captions as lines, and the picture that they describe."""

from __future__ import annotations

import pytest

from modgap.encoders import load_encoder
from modgap.errors import ModgapError
from modgap.ui.visit.caption_lines import MAX_CAPTION_CHARACTERS, MAX_CAPTIONS, caption_lines, caption_picture


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (" \n ", "no caption yet"),
        ("a\n" * (MAX_CAPTIONS + 1), "limit is 20"),
        ("a" * (MAX_CAPTION_CHARACTERS + 1), "shorten it"),
    ],
)
def test_captions_that_cannot_be_taken(words, message):
    with pytest.raises(ModgapError, match=message):
        caption_lines(words)


def test_captions_are_lines():
    assert caption_lines(" a dog \n\n a cat\n") == ["a dog", "a cat"]


@pytest.fixture(scope="module")
def encoder():
    return load_encoder(device="cpu")


def test_a_picture_of_a_missing_file_is_named(encoder, tmp_path):
    with pytest.raises(ModgapError, match=r"gone\.png is not there"):
        caption_picture(tmp_path / "gone.png", encoder)
