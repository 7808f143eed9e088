"""How much of a query stands in a model's vocabulary, so that a script or a language that it never read is recognised.

A byte-level BPE cuts any text into pieces, and a word that its vocabulary does not cover into pieces of one byte each.
The vector of such a word holds next to nothing, yet it is as near to some item as any other query is. For a text t,

    unread(t) = bytes of t that stand in pieces of one byte / bytes of t

over its words of more than one byte that hold a letter. Acronyms, in capitals of the Latin alphabet, are left out:
"GPU" is spelt in letters by any such vocabulary, and is none the less English.
"""

from __future__ import annotations

from typing import Any

UNREAD_SHARE = 0.5  # a text is not read where more of it than this stands in single bytes
UNREAD = (
    "The model reads English, and its vocabulary covers hardly any of this query, so the ranking means little. "
    "Search in English words."
)
_END_OF_WORD = "</w>"


def reads(tokenizer: Any, text: str) -> bool:
    """Whether a model's vocabulary covers at least half of a text.

    True where nothing can tell: for a text without words, and for a tokenizer that is no byte-level BPE of open_clip,
    such as those of multilingual models.
    """
    share = unread_share(tokenizer, text)
    return share is None or share <= UNREAD_SHARE


def unread_share(tokenizer: Any, text: str) -> float | None:
    """unread(t) in 0..1 by a tokenizer of open_clip; None where nothing can tell."""
    if not all(hasattr(tokenizer, each) for each in ("bpe", "byte_encoder", "pat", "clean_fn")):
        return None
    acronyms = {word.lower() for word in text.split() if word.isascii() and word.isupper()}
    single = whole = 0
    for word in tokenizer.pat.findall(tokenizer.clean_fn(text)):
        coded = word.encode()
        if len(coded) < 2 or word in acronyms or not any(letter.isalpha() for letter in word):
            continue
        pieces = tokenizer.bpe("".join(tokenizer.byte_encoder[byte] for byte in coded)).split(" ")
        single += sum(len(piece.removesuffix(_END_OF_WORD)) == 1 for piece in pieces)
        whole += len(coded)
    return single / whole if whole else None
