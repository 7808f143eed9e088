"""Texts for the text tower: what is left out, and how long pieces are."""

import numpy as np

from training.texts import caption_phrases, corpus_texts, passages, plain
from training.wordnet import parse_synset

ZEBRA = parse_synset("02391049 05 n 01 zebra 0 000 | a striped horse")
EQUUS = parse_synset("02374149 05 n 01 Equus 0 000 | a genus of horses")
CAPTIONS = [f"{colour} dog runs over the {ground} ." for colour in ("a red", "a small black") for ground in "abcdef"]


def test_latin_genera_are_left_out() -> None:
    assert plain(ZEBRA)
    assert not plain(EQUUS)


def test_phrases_are_runs_of_two_to_six_words_of_one_caption() -> None:
    pieces = caption_phrases(CAPTIONS, 50, np.random.default_rng(0))
    assert len(set(pieces)) == len(pieces)
    assert all(2 <= len(piece.split()) <= 6 for piece in pieces)
    assert all(any(piece in caption for caption in CAPTIONS) for piece in pieces)


def test_passages_are_at_most_sixty_words() -> None:
    found = passages(["word " * 40] * 10, 5, np.random.default_rng(0))
    assert [len(passage.split()) for passage in found] == [60] * 5


def test_the_same_seed_gives_the_same_corpus_without_repeats() -> None:
    synsets = {f"{ZEBRA.key}{n}": ZEBRA for n in range(5)} | {EQUUS.key: EQUUS}
    first, second = (corpus_texts(synsets, CAPTIONS, np.random.default_rng(1)) for _ in range(2))
    assert first == second
    assert len(set(first)) == len(first)
    assert not any("genus" in text for text in first)
