"""ImageNet's classifier as a source of image-text pairs, without any ImageNet picture.

A row of the classifier describes the features of a class. Starting from the features of some Flickr8k picture, a few
gradient steps on the class score give features that the backbone would classify as, say, a zebra: a *pseudo image* for
every WordNet text about zebras. This extends the model beyond street and sport scenes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from training.wordnet import Synset, ancestors

TEMPLATES = ("{0}", "{a} {0}", "a photo of {a} {0}", "a picture of {a} {0}", "the {0}", "{a} {0} seen up close")
BROADEST = 60  # a hypernym of more classes than this ("artefact") is too general


@dataclass(frozen=True)
class ClassTexts:
    """Texts about the thousand classes.

    Attributes:
        texts: all of them, ``n``.
        owner: class of each text, ``(n,)`` int.
        weight: probability of drawing a text for its class, ``(n,)`` float, summing to 1 for each class.
    """

    texts: list[str]
    owner: np.ndarray
    weight: np.ndarray


def article(noun: str) -> str:
    """``a`` or ``an``, by the first letter of `noun`."""
    return "an" if noun[:1].lower() in "aeiou" else "a"


def phrase(template: str, noun: str) -> str:
    """Fill a template.

    >>> phrase("a photo of {a} {0}", "owl")
    'a photo of an owl'
    """
    return template.format(noun, a=article(noun))


def class_keys() -> list[str]:
    """The WordNet key of each ImageNet class, in the classifier's order (from timm's `ImageNetInfo`)."""
    from timm.data import ImageNetInfo

    info = ImageNetInfo()
    return [info.index_to_label_name(i) for i in range(1000)]


def class_texts(synsets: dict[str, Synset]) -> ClassTexts:
    """Names, synonyms, broader names and definitions of every class, with drawing weights."""
    keys = class_keys()
    above = [ancestors(key, synsets) for key in keys]
    below: dict[str, int] = {}
    for chain in above:
        for key in chain:
            below[key] = below.get(key, 0) + 1
    texts: list[str] = []
    owner: list[int] = []
    weight: list[float] = []
    for index, (key, chain) in enumerate(zip(keys, above, strict=True)):
        share: dict[str, float] = {}
        for parent, distance in chain.items():
            if distance and (below[parent] > BROADEST or distance > 4):
                continue
            for rank, lemma in enumerate(synsets[parent].lemmas):
                for template in TEMPLATES if distance == 0 else TEMPLATES[:3]:
                    value = 0.35**distance / (1 + rank) / len(TEMPLATES)
                    share[phrase(template, lemma)] = max(value, share.get(phrase(template, lemma), 0.0))
        own = synsets[key]
        share[own.definition] = 0.15
        share[f"{own.lemmas[0]}: {own.definition}"] = 0.15
        total = sum(share.values())
        texts.extend(share)
        owner.extend([index] * len(share))
        weight.extend(value / total for value in share.values())
    return ClassTexts(texts, np.array(owner), np.array(weight))


@torch.no_grad()
def pseudo_images(
    target: torch.Tensor, start: torch.Tensor, rows: torch.Tensor, bias: torch.Tensor, rate: float, steps: int
) -> torch.Tensor:
    """Move picture features towards features that the classifier assigns to the target classes.

    ``x <- max(0, x + rate * W^T (target - softmax(W x + b)))``, the gradient of the cross-entropy for `target`.

    Args:
        target: wanted class probabilities, ``(n, 1000)``.
        start: pooled features to start from, ``(n, 1280)``.
        rows: classifier weights ``W``, ``(1000, 1280)``.
        bias: classifier biases ``b``, ``(1000,)``.

    Returns:
        Features ``(n, 1280)``, non-negative like real pooled features.
    """
    features = start.clone()
    for _ in range(steps):
        error = target - (features @ rows.T + bias).softmax(-1)  # (n, 1000)
        features = (features + rate * error @ rows).clamp_(min=0)
    return features
