"""Search for the sample's photographs by a few plain words, in two mixed corpora.

Most show subjects that do not occur in Flickr8k. None of these photographs or queries is used for training. Every
photograph of the sample is the target of a query. In the sample corpus many passages describe the subject of a
photograph, so they are legitimate competitors; Flickr8k's pictures and captions contain no such passages.
"""

from __future__ import annotations

from typing import Any

import numpy as np

# photograph(s) of assets/sample/corpus/photos -> the query that should find one of them
QUERIES: dict[tuple[str, ...], str] = {
    ("adjustable-wrench",): "a wrench",
    ("arc-de-triomphe-du-carrousel",): "a triumphal arch",
    ("astronaut",): "an astronaut",
    ("garden-lizard",): "a lizard on a branch",
    ("chesterton-windmill",): "a windmill",
    ("christ-the-redeemer",): "a statue of jesus",
    ("claw-hammer-red",): "a hammer",
    ("crocodile",): "a crocodile",
    ("eiffel-tower",): "the eiffel tower",
    ("espresso-cup",): "a cup of coffee",
    ("frying-pan",): "frying pan",
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
    ("teacup-yellow",): "a tea cup",
    ("us-capitol",): "the capitol building",
    ("winter-palace-night",): "a palace at night",
    ("wooden-bucket",): "a bucket",
}


def standardized(scores: np.ndarray, is_image: np.ndarray) -> np.ndarray:
    """``z = (s - mu_m) / sigma_m`` with mu and sigma of the best score of each modality over the queries.

    Args:
        scores: ``(n_queries, n_items)``, higher is better.
        is_image: ``(n_items,)`` bool, the modality of each item; both must occur.
    """
    z = np.empty_like(scores)
    for modality in (True, False):
        columns = is_image == modality
        best = scores[:, columns].max(1)
        z[:, columns] = (scores[:, columns] - best.mean()) / best.std()
    return z


def found_by_plain_words(
    photos: dict[str, np.ndarray], others: np.ndarray, texts: np.ndarray, queries: np.ndarray, k: int = 5
) -> dict[str, Any]:
    """Which queries rank one of their photographs among the first `k` of all pictures and texts.

    Args:
        photos: name of a photograph to its unit row ``(d,)``.
        others: unit rows of further pictures, ``(n, d)``, possibly none.
        texts: unit rows of the texts, ``(m, d)``.
        queries: unit rows of `QUERIES`, in their order.

    Returns:
        ``{"queries", "raw", "standardized": number of successes, "missed": queries that fail by z}``; mean
        and standard deviation come from these queries without their labels.
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
