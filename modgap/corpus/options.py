"""How a corpus is read: the choices of the caller, in one value that all readers share."""

from __future__ import annotations

from dataclasses import dataclass

from modgap.corpus.columns import BY_NAME, ColumnChoice
from modgap.corpus.limits import DEFAULT_LIMITS, Limits
from modgap.corpus.passages import PASSAGE_WORDS


@dataclass(frozen=True)
class ReadOptions:
    """The choices of `read_corpus`.

    limits: how much is read at most.
    lines: whether each line of a .txt file is a passage.
    words: the longest passage that documents are cut into; None leaves them whole.
    keep_duplicates: whether all files and rows of equal content are kept.
    columns: what the columns of tables are, where their names do not say it.
    """

    limits: Limits = DEFAULT_LIMITS
    lines: bool = False
    words: int | None = PASSAGE_WORDS
    keep_duplicates: bool = False
    columns: ColumnChoice = BY_NAME


DEFAULT_OPTIONS = ReadOptions()
