"""Texts that are the same for every corpus are encoded once a process and encoder, whatever the threads."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from modgap.encoders.fixed_texts import MAX_ENCODERS, FixedTexts, fixed_texts_of


def lengths(texts: list[str]) -> np.ndarray:
    return np.asarray([[len(text), 1.0] for text in texts], dtype=np.float32)


def test_only_texts_that_were_never_asked_for_are_encoded() -> None:
    asked: list[list[str]] = []

    def encode(texts: list[str]) -> np.ndarray:
        asked.append(texts)
        return lengths(texts)

    texts = FixedTexts()
    assert texts.vectors(["a", "bb"], encode).tolist() == [[1, 1], [2, 1]]
    assert texts.vectors(["ccc", "a", "ccc"], encode).tolist() == [[3, 1], [1, 1], [3, 1]]
    assert asked == [["a", "bb"], ["ccc"]]


def test_changing_a_result_changes_no_kept_vector() -> None:
    texts = FixedTexts()
    texts.vectors(["a"], lengths)[:] = 9
    assert texts.vectors(["a"], lengths).tolist() == [[1, 1]]


def test_threads_that_ask_at_once_share_one_encoding() -> None:
    asked, together, texts = [], threading.Barrier(4), FixedTexts()

    def encode(unknown: list[str]) -> np.ndarray:
        asked.append(unknown)
        return lengths(unknown)

    def ask(_: int) -> list[list[float]]:
        together.wait(timeout=10)
        return texts.vectors(["a", "bb"], encode).tolist()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, range(4))) == [[[1, 1], [2, 1]]] * 4
    assert asked == [["a", "bb"]]


def test_after_an_error_the_next_call_tries_again() -> None:
    texts = FixedTexts()

    def fail(_: list[str]) -> np.ndarray:
        raise RuntimeError("out of memory")

    with pytest.raises(RuntimeError):
        texts.vectors(["a"], fail)
    assert texts.vectors(["a"], lengths).tolist() == [[1, 1]]


def test_the_last_used_encoders_are_kept_and_no_others() -> None:
    first = fixed_texts_of("test 0")
    others = [fixed_texts_of(f"test {number}") for number in range(1, MAX_ENCODERS)]
    assert fixed_texts_of("test 0") is first  # and is the last used one now
    fixed_texts_of("one more")
    assert fixed_texts_of("test 0") is first
    assert fixed_texts_of("test 1") is not others[0]
