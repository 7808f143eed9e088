"""Captions of one picture: CLIPScore, I0T-Score, RefCLIPScore, and an explanation of each score.

A score is explained by its place among pairs of a corpus (`Background`), and word by word. The effect of a word is the
score of the caption minus that of the same caption without the word: above zero the word raises the score.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from modgap.corpus import PictureOpener, open_picture
from modgap.corpus.text import clean_text
from modgap.encoders import Encoder
from modgap.errors import ModgapError, PictureError
from modgap.evaluation.captions.background import Background, prefixed
from modgap.metrics.caption import PREFIX, ref_clip_score
from modgap.progress import Progress, silent
from modgap.vectors import Vectors

SCORES = ("clipscore", "i0t_score")
TITLES = {"clipscore": "CLIPScore", "i0t_score": "I0T-Score", "ref_clipscore": "RefCLIPScore"}
MAX_EXPLAINED_WORDS = 100  # encoders read fewer
MIN_MARKED_EFFECT = 0.2  # of the largest effect in a caption; words below it are not marked
_HAS_LETTERS = re.compile(r"\w")


@dataclass(frozen=True)
class WordEffect:
    """The effect of a word on each score: {"clipscore": change, "i0t_score": change}."""

    word: str
    effect: dict[str, float]


@dataclass(frozen=True)
class Standing:
    """A score compared with pairs of a corpus: their mean, and the share of random pairs that score lower, 0..1.

    I0T-Scores are compared unclipped, whatever is shown: clipped ones below zero would all be equal.
    """

    mean_pair: float
    above_random: float


@dataclass(frozen=True)
class CaptionScore:
    """The scores of a caption.

    cosine: of picture and caption as encoded. ref_clipscore: None without references.
    standing: by score; empty where the background has no pairs.
    words: in their order; empty without an explanation, or for a caption of one word.
    cut: whether the caption is longer than the encoder reads.
    """

    caption: str
    cosine: float
    clipscore: float
    i0t_score: float
    ref_clipscore: float | None = None
    standing: dict[str, Standing] | None = None
    words: tuple[WordEffect, ...] = ()
    cut: bool = False

    def marked(self, score: str) -> list[tuple[str, int]]:
        """Each word with +1 where it raises that score, -1 where it lowers it, 0 where its effect is small."""
        largest = max((abs(each.effect[score]) for each in self.words), default=0.0)
        return [
            (
                each.word,
                0 if abs(each.effect[score]) < MIN_MARKED_EFFECT * largest else int(np.sign(each.effect[score])),
            )
            for each in self.words
        ]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, floats rounded to 6 digits; unknown values are left out."""
        document: dict[str, Any] = {"caption": self.caption}
        for name in ("cosine", "clipscore", "i0t_score", "ref_clipscore"):
            if getattr(self, name) is not None:
                document[name] = round(getattr(self, name), 6)
        if self.cut:
            document["cut"] = True
        if self.standing:
            document["explanation"] = {
                name: {"mean_pair": round(each.mean_pair, 6), "above_random": round(each.above_random, 6)}
                for name, each in self.standing.items()
            }
        if self.words:
            document["words"] = [
                {"word": each.word, **{name: round(value, 6) for name, value in each.effect.items()}}
                for each in self.words
            ]
        return document


@dataclass(frozen=True)
class Captioned:
    """The captions of one picture in the given order, and their background. notes: for the reader."""

    captions: tuple[CaptionScore, ...]
    background: Background
    prefix: bool
    clip: bool
    notes: tuple[str, ...] = ()


def score_captions(
    picture: Vectors,
    captions: Sequence[str],
    encoder: Encoder,
    background: Background,
    *,
    references: Sequence[str] = (),
    prefix: bool = False,
    clip: bool = False,
    explain: bool = True,
    progress: Progress = silent,
) -> Captioned:
    """Score captions of one picture, whose unit vector (d,) is `picture`.

    references: captions that are known to be correct, for RefCLIPScore. prefix: write "A photo depicts" before each
    caption and reference. clip: I0T-Scores below zero become 0. explain: also compute standing and words.
    A caption longer than the encoder reads is scored by what is read, marked `cut`, and noted.
    Raises ModgapError without captions, or for a caption that is empty or not text, with its number.
    """
    written = [_clean(each, f"Caption {number}") for number, each in enumerate(captions, start=1)]
    known = [_clean(each, f"Reference {number}") for number, each in enumerate(references, start=1)]
    if not written:
        raise ModgapError("There is no caption: give one or more.")
    cuts = encoder.longer_than_read([prefixed(each, prefix) for each in written])
    texts = [prefixed(each, prefix) for each in (*written, *known)]
    spans = [_without_each_word(each) if explain else [] for each in written]
    texts += [prefixed(rest, prefix) for span in spans for _, rest in span]
    vectors = encoder.encode_texts(texts, progress=progress)
    ours, theirs, shortened = np.split(vectors, [len(written), len(written) + len(known)])
    scores = {name: background.score(name, _beside(picture, ours), ours, clip=clip) for name in SCORES}
    unclipped = {name: background.score(name, _beside(picture, ours), ours) for name in SCORES}
    without = {name: background.score(name, _beside(picture, shortened), shortened, clip=clip) for name in SCORES}
    with_references = (
        ref_clip_score(_beside(picture, ours), ours, [theirs] * len(written)).tolist()
        if known
        else [None] * len(written)
    )
    found, start = [], 0
    for row, (caption, span) in enumerate(zip(written, spans, strict=True)):
        words = tuple(
            WordEffect(word, {name: float(scores[name][row] - without[name][start + place]) for name in SCORES})
            for place, (word, _) in enumerate(span)
        )
        start += len(span)
        found.append(
            CaptionScore(
                caption,
                float(ours[row].astype(np.float64) @ picture.astype(np.float64)),
                float(scores["clipscore"][row]),
                float(scores["i0t_score"][row]),
                with_references[row],
                _standing(background, unclipped, row) if explain else None,
                words,
                cut=cuts[row],
            )
        )
    return Captioned(tuple(found), background, prefix, clip, tuple(_notes(found, background, prefix, explain)))


def picture_vector(path: Path, encoder: Encoder, open_picture: PictureOpener = open_picture) -> Vectors:
    """The unit vector (d,) of a picture file; open_picture: `SafeDecoder.open_picture` for untrusted files.

    Raises ModgapError with the name of the file where it cannot be decoded.
    """
    try:
        picture = open_picture(path, decode_side=encoder.decode_side)
    except PictureError as error:
        raise ModgapError(f"The picture {path.name} {error}.") from error
    return encoder.encode_pictures([picture])[0]


def _clean(text: object, name: str) -> str:
    if not isinstance(text, str):
        raise ModgapError(f"{name} is not text but {type(text).__name__}: give words.")
    words = " ".join(clean_text(text).split())
    if not words:
        raise ModgapError(f"{name} is empty: write a few words.")
    return words


def _without_each_word(caption: str) -> list[tuple[str, str]]:
    """(word, caption without it); isolated punctuation is not a word, and a single word leaves nothing.

    >>> _without_each_word("a dog .")
    [('a', 'dog .'), ('dog', 'a .')]
    """
    parts = caption.split()
    words = [place for place, part in enumerate(parts) if _HAS_LETTERS.search(part)][:MAX_EXPLAINED_WORDS]
    if len(words) < 2:
        return []
    return [(parts[place], " ".join(parts[:place] + parts[place + 1 :])) for place in words]


def _beside(picture: Vectors, texts: Vectors) -> Vectors:
    return np.broadcast_to(picture, texts.shape)


def _standing(background: Background, scores: dict[str, np.ndarray], row: int) -> dict[str, Standing]:
    return {
        name: Standing(each.mean_pair, each.share_below(float(scores[name][row])))
        for name, each in background.references.items()
        if math.isfinite(each.mean_pair)
    }


def _notes(found: Sequence[CaptionScore], background: Background, prefix: bool, explain: bool) -> list[str]:
    notes = [
        f"Caption {number} is longer than the model reads: its end is ignored. Shorten it."
        for number, each in enumerate(found, start=1)
        if each.cut
    ]
    if prefix and not background.prefix:
        notes.append(f'The captions have the prefix "{PREFIX}", and the texts behind the means do not.')
    if explain and not background.references:
        notes.append("A calibration has no pairs to compare the scores with: give a corpus too.")
    return notes
