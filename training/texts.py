"""Training texts of the small text tower: captions, WordNet, and phrases made from both."""

from __future__ import annotations

import numpy as np

from training.imagenet import phrase
from training.wordnet import Synset

VISIBLE_DOMAINS = {5, 6, 8, 13, 15, 17, 18, 19, 20, 27}  # animals, artefacts, bodies, food, places, things, people, ...
QUERY_FORMS = ("{0}", "{a} {0}", "the {0}", "a photo of {a} {0}", "a picture of {a} {0}", "{a} {0} outdoors")


def plain(synset: Synset) -> bool:
    """False for Latin genera, cultivars and individual persons: a third of WordNet, rarely named in photographs."""
    living = synset.key.startswith("n") and synset.domain in (5, 18, 20)
    return not (living and any(lemma[:1].isupper() for lemma in synset.lemmas))


def wordnet_texts(synsets: dict[str, Synset], random: np.random.Generator, share: float = 0.5) -> list[str]:
    """Short queries for visible things, and a `share` of all definitions and example sentences, in fixed order."""
    texts: list[str] = []
    for synset in filter(plain, synsets.values()):
        visible = synset.key.startswith("n") and synset.domain in VISIBLE_DOMAINS
        if visible:
            for lemma in synset.lemmas:
                texts.append(phrase(QUERY_FORMS[random.integers(len(QUERY_FORMS))], lemma))
        if random.random() > share:
            continue
        naming = random.random()
        if naming < 0.2:
            texts.append(f"{synset.lemmas[0]}: {synset.definition}")
        elif naming < 0.4 and visible:
            texts.append(f"{phrase('{a} {0}', synset.lemmas[0])} is {synset.definition}.")
        else:
            texts.append(synset.definition)
        texts.extend(synset.examples)
    return list(dict.fromkeys(text for text in texts if text))


def passages(texts: list[str], count: int, random: np.random.Generator) -> list[str]:
    """`count` passages of at most sixty words, each concatenated from two or three neighbouring texts."""
    joined = []
    for start in random.integers(0, len(texts) - 3, size=count):
        piece = texts[start : start + int(random.integers(2, 4))]
        sentences = ". ".join(text.rstrip(" .").capitalize() for text in piece) + "."
        joined.append(" ".join(sentences.split()[:60]))
    return joined


def caption_phrases(captions: list[str], count: int, random: np.random.Generator) -> list[str]:
    """Distinct runs of two to six words from captions, similar to short queries; at most `count`."""
    pieces = []
    for row in random.integers(0, len(captions), size=count):
        words = captions[row].rstrip(" .").split()
        length = int(random.integers(2, 7))
        start = int(random.integers(0, max(1, len(words) - length + 1)))
        pieces.append(" ".join(words[start : start + length]))
    return list(dict.fromkeys(pieces))


def corpus_texts(synsets: dict[str, Synset], captions: list[str], random: np.random.Generator) -> list[str]:
    """All texts without a picture, about 150,000, each once."""
    definitions = [f"{s.lemmas[0]} is {s.definition}" for s in synsets.values() if plain(s) and s.key[0] == "n"]
    texts = [
        *wordnet_texts(synsets, random),
        *caption_phrases(captions, 20_000, random),
        *passages(captions, 4_000, random),
        *passages(definitions, 8_000, random),
    ]
    return list(dict.fromkeys(texts))
