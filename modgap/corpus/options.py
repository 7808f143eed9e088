"""How a corpus is to be read: what a caller may choose, in one value that all readers share."""

from __future__ import annotations

from dataclasses import dataclass

from modgap.corpus.limits import DEFAULT_LIMITS, Limits
from modgap.corpus.passages import WORDS


@dataclass(frozen=True)
class ReadOptions:
    """limits: how much is read. lines: each line of a .txt file is a passage. words: longest passage that documents
    are cut into, None to leave them whole. keep_duplicates: keep files and rows of equal content all.
    """

    limits: Limits = DEFAULT_LIMITS
    lines: bool = False
    words: int | None = WORDS
    keep_duplicates: bool = False


DEFAULT_OPTIONS = ReadOptions()
