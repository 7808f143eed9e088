"""The sample's photographs, asked for in plain words, in two mixed corpora.

Most show things that Flickr8k never does. None of these photographs or queries is ever trained on. Every photograph
of the sample is asked for. In the sample corpus many passages are about the very subject of a photograph, so they
compete by right; among Flickr8k's pictures and captions there is no such passage.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from training.evaluate_mini import standardized

# photograph(s) of assets/sample/corpus/photos -> the words that should find one of them
QUERIES: dict[tuple[str, ...], str] = {
    ("adjustable-wrench",): "a wrench",
    ("arc-de-triomphe-du-carrousel",): "a triumphal arch",
    ("astronaut",): "an astronaut",
    ("chameleon",): "a lizard on a branch",
    ("chesterton-windmill", "stone-windmill", "wooden-windmill"): "a windmill",
    ("christ-the-redeemer",): "a statue of jesus",
    ("claw-hammer-red",): "a hammer",
    ("crocodile",): "a crocodile",
    ("eiffel-tower",): "the eiffel tower",
    ("espresso-cup",): "a cup of coffee",
    ("frying-pan",): "frying pan",
    ("geothermal-steam",): "a geyser",
    ("giant-panda",): "a giant panda",
    ("goldfish",): "a goldfish",
    ("great-pyramid",): "a pyramid in the desert",
    ("hubble-deep-field",): "galaxies in space",
    ("komodo-dragon",): "a komodo dragon",
    ("leaning-tower-of-pisa",): "the leaning tower of pisa",
    ("louvre-pyramid",): "a glass pyramid",
    ("mount-rushmore",): "faces carved in a mountain",
    ("nail-clipper",): "nail clippers",
    ("needle-nose-pliers",): "pliers",
    ("parthenon",): "a greek temple",
    ("pencil",): "a pencil",
    ("qutb-minar",): "a minaret",
    ("rooftop-solar-panels", "solar-panel-array", "solar-panel-on-pole"): "solar panels",
    ("scissors",): "scissors",
    ("screwdriver-red",): "a screwdriver",
    ("sewing-tape-blue", "tape-measure-green"): "a tape measure",
    ("solar-cooker-dish", "solar-oven"): "a solar cooker",
    ("sydney-opera-house",): "the sydney opera house",
    ("tabby-cat",): "a cat",
    ("teacup-and-saucer", "teacup-yellow"): "a tea cup",
    ("us-capitol",): "the capitol building",
    ("winter-palace-night",): "a palace at night",
    ("wooden-bucket",): "a bucket",
}


def found_by_plain_words(
    photos: dict[str, np.ndarray], others: np.ndarray, texts: np.ndarray, queries: np.ndarray, k: int = 5
) -> dict[str, Any]:
    """Which queries bring one of their photographs among the first `k` of all pictures and texts together.

    Args:
        photos: name of a photograph to its unit row ``(d,)``.
        others: unit rows of further pictures, ``(n, d)``, possibly none.
        texts: unit rows of the texts, ``(m, d)``.
        queries: unit rows of `QUERIES`, in their order.

    Returns:
        ``{"queries", "raw", "standardized": how many succeed, "missed": which fail by z}``; mean and standard
        deviation come from these queries without their labels.
    """
    names = list(photos)
    pictures = np.concatenate([np.stack(list(photos.values())), others])
    scores = queries @ np.concatenate([pictures, texts]).T  # (queries, pictures + texts)
    is_image = np.arange(scores.shape[1]) < len(pictures)

    def found(ranked: np.ndarray) -> list[bool]:
        best = [max(row[names.index(t)] for t in targets) for targets, row in zip(QUERIES, ranked, strict=True)]
        return [bool((row > b).sum() < k) for row, b in zip(ranked, best, strict=True)]

    by_z = found(standardized(scores, is_image))
    return {
        "queries": len(QUERIES),
        "raw": sum(found(scores)),
        "standardized": sum(by_z),
        "missed": [words for words, hit in zip(QUERIES.values(), by_z, strict=True) if not hit],
    }
