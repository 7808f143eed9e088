"""What in a result the query matches: found where it was put, and nowhere else."""

from __future__ import annotations

import numpy as np
from PIL import Image

from modgap.encoders import OwnEncoder
from modgap.search.why import GRID, MOST_WORDS, region_effects, shares, word_effects


class Red:
    """One axis is red, or the word; the other is everything else."""

    def encode_texts(self, texts):
        return [[text.split().count("red"), 1.0] for text in texts]

    def encode_pictures(self, pictures):
        pixels = [np.asarray(each, dtype=float) for each in pictures]
        return [[((p[..., 0] > 200) & (p[..., 2] < 60)).mean() * 10, 1.0] for p in pixels]


RED = np.array([1.0, 0.0], dtype=np.float32)


def encoder() -> OwnEncoder:
    return OwnEncoder(Red(), name="red")


def test_the_square_that_holds_the_thing_has_the_greatest_effect() -> None:
    picture = Image.new("RGB", (140, 70), "blue")
    picture.paste("red", (100, 10, 120, 20))  # column 5, row 1
    assert region_effects(encoder(), RED, picture).shape == (GRID, GRID)
    effects = region_effects(encoder(), RED, picture, grid=7)
    assert np.unravel_index(effects.argmax(), effects.shape) == (1, 5)
    assert abs(effects[6, 0]) < 1e-6
    assert (effects > 1e-6).sum() <= 9


def test_the_word_that_matches_has_the_effect() -> None:
    effects = dict(word_effects(encoder(), RED, "a red bridge over water"))
    assert max(effects, key=effects.get) == "red"
    full, without = 1 / np.sqrt(2), 0.0
    assert np.isclose(effects["red"], full - without, atol=1e-6)
    assert np.isclose(effects["bridge"], 0, atol=1e-6)


def test_long_texts_single_words_and_none() -> None:
    assert len(word_effects(encoder(), RED, "word " * 500)) == MOST_WORDS
    assert [word for word, _ in word_effects(encoder(), RED, "red")] == ["red"]
    assert word_effects(encoder(), RED, "  \n ") == []


def test_shares_of_nothing_are_nothing() -> None:
    assert shares(np.array([-1.0, 0.0])).tolist() == [0.0, 0.0]
    assert shares(np.array([])).tolist() == []
