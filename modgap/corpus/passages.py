"""Long texts are cut into passages that an encoder can read whole, at the ends of sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator

WORDS = 50  # of English are 55-75 tokens; CLIP reads 77 and drops the rest
_PIECE = re.compile(r".*?(?:[.!?…]['\"”’)\]]*(?=\s)|[。！？]|\n\s*\n|$)", re.DOTALL)
_WORD = re.compile(r"\S+")
# what CLIP's tokenizer makes of other things than English words, in English words
_LETTERS = 8.0  # of a Latin word that is worth one
_LONGEST = 20.0  # characters of anything that are worth one
_DIGIT = 0.8
_MARK = 0.6  # a run of punctuation inside a word, as in code and tables
_WIDE, _WIDE_WORTH = 0x2E80, 2.0  # from here on: Chinese, Japanese, Korean, emoji
_FOREIGN, _FOREIGN_WORTH = 0x0250, 0.8  # from here on words are spelt out: Cyrillic, Greek, Arabic, ...
_MARKS_INSIDE = re.compile(r"[^\w\s]+(?=\S)")


def cut_passages(text: str, words: int = WORDS) -> list[str]:
    """The text as passages of at most about `words` English words, each ending with a sentence where one fits.

    A long word or a language that encoders spell out counts as several words (`weight`). Nothing is lost but blanks
    at the cuts.

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
    """How many English words the text is worth to an encoder.

    >>> weight("A red bridge"), weight("富士山")
    (3.0, 6.0)
    """
    return sum(_word_weight(word.group()) for word in _WORD.finditer(text))


def _word_weight(word: str) -> float:
    if word.isalpha() and word.isascii():
        return max(1.0, len(word) / _LETTERS)
    digits = sum(c.isdigit() for c in word)
    wide = sum(ord(c) >= _WIDE for c in word)
    foreign = sum(_FOREIGN <= ord(c) < _WIDE and c.isalpha() for c in word)
    latin = sum(c.isalpha() and ord(c) < _FOREIGN for c in word)
    marks = len(_MARKS_INSIDE.findall(word))
    worth = latin / _LETTERS + digits * _DIGIT + marks * _MARK + wide * _WIDE_WORTH + foreign * _FOREIGN_WORTH
    return max(1.0, len(word) / _LONGEST, worth)


def _pieces(text: str, words: int) -> Iterator[tuple[int, int, float]]:
    """(start, end, weight) of each sentence; of parts of it where it alone is too long."""
    for match in _PIECE.finditer(text):
        if not match.group().strip():
            continue
        heavy = weight(match.group())
        if heavy <= words:
            yield match.start(), match.end(), heavy
        else:
            yield from _parts(text, match.start(), match.end(), words)


def _parts(text: str, start: int, stop: int, words: int) -> Iterator[tuple[int, int, float]]:
    """A sentence that is too long, by words; a word that is too long, by characters."""
    for word in _WORD.finditer(text, start, stop):
        heavy = _word_weight(word.group())
        if heavy <= words:
            yield word.start(), word.end(), heavy
            continue
        step = max(1, int(len(word.group()) * words / heavy))
        for at in range(word.start(), word.end(), step):
            end = min(at + step, word.end())
            yield at, end, _word_weight(text[at:end])
