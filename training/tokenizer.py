"""A byte-pair vocabulary in the format that open_clip's `SimpleTokenizer` reads: a gzip of ranked merges.

`SimpleTokenizer` lower-cases, splits with CLIP's pattern, writes bytes as printable characters, and marks the end of
a word with ``</w>``. Its vocabulary is 256 bytes, the same 256 at the end of a word, one token per merge, and the start
and end tokens.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

HEADER = "#version: modgap-mini"
BYTE_TOKENS = 512
MARKS = 2
PATTERN = r"""'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"""


def train_merges(texts: list[str], vocab_size: int) -> list[str]:
    """Learn ranked merges (``"left right"`` lines) for a vocabulary of `vocab_size` tokens."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

    bpe = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    bpe.normalizer = normalizers.Lowercase()
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PATTERN), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size - MARKS,
        min_frequency=2,
        end_of_word_suffix="</w>",
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator(texts, trainer)
    merges = json.loads(bpe.to_str())["model"]["merges"]
    return [" ".join(pair) for pair in merges][: vocab_size - MARKS - BYTE_TOKENS]


def write_merges(merges: list[str], path: Path) -> None:
    """Write the gzip that `SimpleTokenizer` reads; the same merges always give the same bytes."""
    body = "\n".join([HEADER, *merges])  # no newline at the end: it would become an empty token
    path.write_bytes(gzip.compress(body.encode("utf-8"), mtime=0))
