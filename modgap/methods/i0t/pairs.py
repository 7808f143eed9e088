"""Pairs of pictures and texts to train on: checked at the border, or found in an uncaptioned corpus without labels."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from modgap.engines.exact import ExactEngine
from modgap.errors import CalibrationError
from modgap.items import Modality, group_plural
from modgap.vectors import Vectors, unit_vectors

MIN_PAIRS = 32  # a batch's statistics from fewer say little of an encoder
_CONSTANT = 1e-7  # a dimension whose values differ by less says nothing, and its variance is rounding


def checked_pairs(images: ArrayLike, texts: ArrayLike) -> tuple[Vectors, Vectors]:
    """Pictures and texts (p, d), row i of one belonging to row i of the other, as unit rows.

    Raises CalibrationError for a missing side, other shapes, fewer than `MIN_PAIRS` or a constant dimension;
    VectorError for rows that are zero or not finite.
    """
    if np.size(images) == 0 or np.size(texts) == 0:
        missing = "pictures" if np.size(images) == 0 else "texts"
        raise CalibrationError(f"The pairs have no {missing}: each pair needs a picture and a text.")
    x, y = unit_vectors(images, what="pictures of the pairs"), unit_vectors(texts, what="texts of the pairs")
    if x.shape != y.shape:
        raise CalibrationError(
            f"The pairs do not match: {x.shape[0]} pictures of {x.shape[1]} dimensions and {y.shape[0]} texts of "
            f"{y.shape[1]}."
        )
    if x.shape[0] < MIN_PAIRS:
        raise CalibrationError(
            f"There are {x.shape[0]} pairs, and I0T_async learns from {MIN_PAIRS} or more: give more pairs (without "
            f'labels: more queries, or a larger corpus), or use "i0t_post", which needs none.'
        )
    for name, side in (("pictures", x), ("texts", y)):
        flat = np.flatnonzero(np.ptp(side, axis=0) < _CONSTANT)
        if flat.size:
            raise CalibrationError(
                f"Dimension {flat[0]} of the {name} is the same in all {side.shape[0]} pairs"
                f"{f' (and {flat.size - 1} more)' if flat.size > 1 else ''}, so it cannot be normalised: are the "
                f"vectors whole, and the {name} different?"
            )
    return x, y


def pairs_of_corpus(vectors: Vectors, modality: NDArray[np.str_]) -> tuple[Vectors, Vectors, str]:
    """Pictures, texts (p, d) and how they were found: mutual nearest neighbours, or where those are few, any nearest.

    vectors: (n, d) unit rows; modality: (n,) of "image" / "text". Raises CalibrationError for a corpus of one modality.
    """
    images, texts = pseudo_positive_pairs(vectors, modality)
    if images.shape[0] >= MIN_PAIRS:
        return images, texts, "pairs of each other's nearest, with no labels"
    images, texts = pseudo_positive_pairs(vectors, modality, both_ways=False)
    return images, texts, "pairs of an item and its nearest, with no labels"


def pseudo_positive_pairs(
    vectors: Vectors, modality: NDArray[np.str_], *, both_ways: bool = True
) -> tuple[Vectors, Vectors]:
    """Pictures and texts (p, d) of a corpus that nobody has paired: (n, d) unit rows, modality (n,).

    both_ways: only those that are each other's nearest, which are right more often; else each item of the modality
        with more items beside its nearest one, for corpora with too few of the former to learn from. Pictures and
        texts that are nearest to many are in many pairs.
    Raises CalibrationError for a corpus of one modality.
    """
    engine = ExactEngine(vectors, modality)
    rows = {}
    for each in Modality:
        rows[each] = np.flatnonzero(modality == each.value)
        if not rows[each].size:
            raise CalibrationError(
                f"The corpus has no {group_plural(each.value)}, so no pairs can be found in it: give pictures with "
                f"captions, or pictures and passages."
            )
    images, texts = rows[Modality.IMAGE], rows[Modality.TEXT]
    nearest_text = engine.top_k(vectors[images], 1, Modality.TEXT.value).rows[:, 0]
    nearest_image = engine.top_k(vectors[texts], 1, Modality.IMAGE.value).rows[:, 0]
    if both_ways:
        back = dict(zip(texts.tolist(), nearest_image.tolist(), strict=True))
        agreed = np.asarray([back[int(text)] == image for image, text in zip(images, nearest_text, strict=True)])
        return vectors[images[agreed]], vectors[nearest_text[agreed]]
    if images.size >= texts.size:
        return vectors[images], vectors[nearest_text]
    return vectors[nearest_image], vectors[texts]
