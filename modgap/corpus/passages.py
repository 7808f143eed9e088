"""Cuts long texts at the ends of sentences into passages that an encoder can read whole."""

from __future__ import annotations

import re
from collections.abc import Iterator

PASSAGE_WORDS = 50  # English words are 55-75 tokens; CLIP reads 77 and drops the rest
_PIECE = re.compile(r".*?(?:[.!?…]['\"”’)\]]*(?=\s)|[。！？]|\n\s*\n|$)", re.DOTALL)
_WORD = re.compile(r"\S+")
# how many English words CLIP's tokenizer makes of other text
_LATIN_LETTERS_PER_WORD = 8.0
_MAX_CHARACTERS_PER_WORD = 20.0  # of any text
_DIGIT_WEIGHT = 0.8
_MARK_WEIGHT = 0.6  # a run of punctuation inside a word, as in code and tables
_FIRST_WIDE, _WIDE_WEIGHT = 0x2E80, 2.0  # code points from here on: Chinese, Japanese, Korean, emoji
_FIRST_SPELT, _SPELT_WEIGHT = 0x0250, 0.8  # words from here on are spelt out: Cyrillic, Greek, Arabic, ...
_MAX_EXCESS = 3.0  # words by which a part of one long word may exceed the limit
_MARKS_INSIDE = re.compile(r"[^\w\s]+(?=\S)")


def cut_passages(text: str, words: int = PASSAGE_WORDS) -> list[str]:
    """The text as passages of at most about `words` English words, each ending with a sentence where one fits.

    A long word, or one of a language that encoders spell out, counts as several words (see `weight`). Only blanks at
    the cuts are lost.

    >>> cut_passages("One two three. Four five. Six seven eight nine ten.", words=5)
    ['One two three. Four five.', 'Six seven eight nine ten.']
    """
    if weight(text) <= words:
        return [text.strip()] if text.strip() else []
    passages: list[str] = []
    start = end = 0
    held = 0.0
    for piece_start, piece_end, heavy in _pieces(text, words):
        ends_paragraph = "\n\n" in text[end - 1 : piece_start] or text[start:end].endswith("\n\n")
        if end > start and (held + heavy > words or (ends_paragraph and held > words / 2)):
            passages.append(text[start:end].strip())
            start, held = piece_start, 0.0
        end = piece_end
        held += heavy
    passages.append(text[start:end].strip())
    return [passage for passage in passages if passage]


def weight(text: str) -> float:
    """The number of English words that take an encoder as many tokens as the text does.

    >>> weight("A red bridge"), weight("富士山")
    (3.0, 6.0)
    """
    return sum(_word_weight(word.group()) for word in _WORD.finditer(text))


def _word_weight(word: str) -> float:
    if word.isalpha() and word.isascii():
        return max(1.0, len(word) / _LATIN_LETTERS_PER_WORD)
    digits = sum(c.isdigit() for c in word)
    wide = sum(ord(c) >= _FIRST_WIDE for c in word)
    spelt = sum(_FIRST_SPELT <= ord(c) < _FIRST_WIDE and c.isalpha() for c in word)
    latin = sum(c.isalpha() and ord(c) < _FIRST_SPELT for c in word)
    marks = len(_MARKS_INSIDE.findall(word))
    latin_words = latin / _LATIN_LETTERS_PER_WORD
    words = latin_words + digits * _DIGIT_WEIGHT + marks * _MARK_WEIGHT + wide * _WIDE_WEIGHT + spelt * _SPELT_WEIGHT
    return max(1.0, len(word) / _MAX_CHARACTERS_PER_WORD, words)


def _pieces(text: str, words: int) -> Iterator[tuple[int, int, float]]:
    """(start, end, weight) of each sentence, or of its parts if it is too long by itself."""
    for match in _PIECE.finditer(text):
        if not match.group().strip():
            continue
        heavy = weight(match.group())
        if heavy <= words:
            yield match.start(), match.end(), heavy
        else:
            yield from _parts(text, match.start(), match.end(), words)


def _parts(text: str, start: int, stop: int, words: int) -> Iterator[tuple[int, int, float]]:
    """Cut a sentence that is too long at words, and a word that is too long at characters."""
    for word in _WORD.finditer(text, start, stop):
        heavy = _word_weight(word.group())
        if heavy <= words:
            yield word.start(), word.end(), heavy
            continue
        step = max(1, int(len(word.group()) * words / heavy))
        at = word.start()
        while at < word.end():
            end = min(at + step, word.end())
            while end > at + 1 and (part := _word_weight(text[at:end])) > words + _MAX_EXCESS:
                end = at + max(1, min(int((end - at) * words / part), end - at - 1))  # its weight stands in one place
            yield at, end, _word_weight(text[at:end])
            at = end
