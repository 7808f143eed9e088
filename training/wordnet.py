"""WordNet 3.0 read from its own ``data.*`` files: lemmas, hypernyms, definitions and example sentences."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PARTS_OF_SPEECH = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}


@dataclass(frozen=True)
class Synset:
    """One meaning.

    Attributes:
        key: part of speech and file offset, such as ``"n02391049"`` (ImageNet's name of the zebra).
        lemmas: its words, most common first, underscores replaced by spaces.
        hypernyms: keys of the broader meanings.
        definition: the gloss without its examples.
        examples: sentences from the gloss.
        domain: lexicographer file number; 5 is animal, 6 artefact, 13 food, 18 person, 20 plant.
    """

    key: str
    lemmas: tuple[str, ...]
    hypernyms: tuple[str, ...]
    definition: str
    examples: tuple[str, ...]
    domain: int


def parse_synset(line: str) -> Synset:
    """Parse one line of a ``data.*`` file (format: wndb(5WN)).

    >>> zebra = parse_synset('02391049 05 n 01 zebra 0 001 @ 02374451 n 0000 | any of several "horses"; "a zebra"')
    >>> zebra.key, zebra.lemmas, zebra.hypernyms, zebra.examples
    ('n02391049', ('zebra',), ('n02374451',), ('a zebra',))
    """
    head, _, gloss = line.partition(" | ")
    fields = head.split()
    offset, domain, kind = fields[0], int(fields[1]), fields[2].replace("s", "a")
    count = int(fields[3], 16)
    lemmas = tuple(_plain(fields[4 + 2 * i]) for i in range(count))
    start = 4 + 2 * count
    pointers = [fields[start + 1 + 4 * i : start + 5 + 4 * i] for i in range(int(fields[start]))]
    hypernyms = tuple(f"{kind}{target}" for symbol, target, *_ in pointers if symbol in ("@", "@i"))
    definition, examples = _split_gloss(gloss.strip())
    return Synset(f"{kind}{offset}", lemmas, hypernyms, definition, examples, domain)


def _plain(lemma: str) -> str:
    return lemma.split("(", maxsplit=1)[0].replace("_", " ")


def _split_gloss(gloss: str) -> tuple[str, tuple[str, ...]]:
    """(definition, examples): examples are quoted parts after a semicolon; quotes inside a definition remain."""
    parts = gloss.split('; "')
    examples = tuple(part.split('"')[0].strip() for part in parts[1:])
    return parts[0].strip(), tuple(example for example in examples if example)


def read_wordnet(root: Path) -> dict[str, Synset]:
    """Read the four ``data.*`` files under `root`, keyed by `Synset.key`."""
    synsets: dict[str, Synset] = {}
    for kind in PARTS_OF_SPEECH.values():
        path = root / f"data.{kind}"
        if not path.is_file():
            raise FileNotFoundError(f"{path} is missing; install WordNet (Debian: wordnet-base) or pass --wordnet")
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.startswith(" "):
                synset = parse_synset(line)
                synsets[synset.key] = synset
    return synsets


def ancestors(key: str, synsets: dict[str, Synset]) -> dict[str, int]:
    """All hypernyms of `key` with their distance in steps; `key` itself has distance 0."""
    distance = {key: 0}
    frontier = [key]
    while frontier:
        following = []
        for current in frontier:
            for parent in synsets[current].hypernyms:
                if parent not in distance:
                    distance[parent] = distance[current] + 1
                    following.append(parent)
        frontier = following
    return distance
