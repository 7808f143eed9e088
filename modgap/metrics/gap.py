"""Metrics of the gap between two sets of unit vectors, pictures X and passages Y, one row per item.

Each is a pure function of arrays; `catalogue.py` has their names, directions and meanings, `embedding_gap` computes all
of them for any two groups. Metrics that need pairs (x_i, y_i) take row-paired arrays, and are left out without them.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from modgap.io.extras import require_extra
from modgap.items import Modality, ordered_groups
from modgap.metrics.distributions import frechet_distance, mmd
from modgap.vectors import Vectors

MAX_GROUP_ITEMS = 1000  # of each group, for metrics that compare all with all; of more, a sample drawn by seed
MIN_CLASSIFIER_ITEMS = 4  # of each group: two to fit on and two to test on
SEVERE, MODERATE = 0.63, 0.19  # bands of the centroid distance, set on CLIP ViT-B/32 (arXiv 2412.14384)

Pairs = tuple[Vectors, Vectors]
"""Pictures (p, d) and texts (p, d); row i of one belongs to row i of the other."""


def centroid_distance(images: Vectors, texts: Vectors) -> float:
    """CD = ||mean X - mean Y||, in [0, 2]; lower is better (arXiv 2203.02053, where CLIP has 0.82 on COCO).

    images: (n, d), texts: (m, d), unit rows.

    >>> centroid_distance(np.array([[1.0, 0.0]]), np.array([[0.6, 0.8]])).__round__(3)
    0.894
    """
    return float(np.linalg.norm(_mean(images) - _mean(texts)))


def centroid_cosine_distance(images: Vectors, texts: Vectors) -> float:
    """1 - cos(mean X, mean Y), in [0, 2]; lower is better: the modality gap as MTEB reports it.

    Unlike the centroid distance it does not shrink where items spread widely. MTEB adds the mean cosine distance inside
    each modality, which is 1 - `cone`. images: (n, d), texts: (m, d), unit rows; 0 where a mean is zero.

    >>> centroid_cosine_distance(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[1.0, 0.0]])).__round__(3)
    0.293
    """
    one, two = _mean(images), _mean(texts)
    lengths = np.linalg.norm(one) * np.linalg.norm(two)
    return float(1 - one @ two / lengths) if lengths > 0 else 0.0


def centroid_distances(vectors: Vectors, groups: NDArray[np.str_]) -> dict[tuple[str, str], float]:
    """The centroid distance of every two groups: {(a, b): distance}, a before b in the order of `ordered_groups`.

    vectors: (n, d) unit rows; groups: (n,).

    >>> rows = np.array([[1.0, 0.0], [-1.0, 0.0], [0.6, 0.8]])
    >>> found = centroid_distances(rows, np.array(["text", "image", "licences"]))
    >>> {pair: round(distance, 3) for pair, distance in found.items()}
    {('text', 'image'): 2.0, ('text', 'licences'): 0.894, ('image', 'licences'): 1.789}
    """
    means = {group: _mean(vectors[groups == group]) for group in ordered_groups(groups.tolist())}
    return {(a, b): float(np.linalg.norm(means[a] - means[b])) for a, b in combinations(means, 2)}


def severity(distance: float) -> str:
    """The band of a centroid distance: "severe" from 0.63, "moderate" from 0.19, else "low" (arXiv 2412.14384).

    >>> [severity(d) for d in (0.85, 0.48, 0.01)]
    ['severe', 'moderate', 'low']
    """
    return "severe" if distance >= SEVERE else "moderate" if distance >= MODERATE else "low"


def paired_distance(images: Vectors, texts: Vectors) -> float:
    """mean_i ||x_i - y_i||, in [0, 2]; lower is better ("L2I", arXiv 2404.07983). images, texts: (p, d), row-paired.

    >>> paired_distance(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[1.0, 0.0], [0.0, -1.0]]))
    1.0
    """
    return float(np.linalg.norm(images - texts, axis=1).mean(dtype=np.float64))


def alignment(images: Vectors, texts: Vectors) -> float:
    """mean_i ||x_i - y_i||^2, in [0, 4]; lower is better (arXiv 2005.10242). images, texts: (p, d), row-paired.

    >>> alignment(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[1.0, 0.0], [0.0, -1.0]]))
    2.0
    """
    return float(np.square(np.linalg.norm(images - texts, axis=1)).mean(dtype=np.float64))


def relative_modality_gap(images: Vectors, texts: Vectors) -> float:
    """RMG = m / (m + (i + t) / 2), in [0, 1]; lower is better (arXiv 2404.07983).

    m: mean of (1 - cos(x_i, y_i)) / 2 over pairs; i, t: the same over all different items of the same group. At 0.5 a
    picture is as far from its own text as from a random other picture. images, texts: (p, d), row-paired, p >= 2.

    >>> relative_modality_gap(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[0.0, 1.0], [1.0, 0.0]]))
    0.5
    """
    matched = (1 - np.einsum("pd,pd->p", images, texts).mean(dtype=np.float64)) / 2
    inside = (1 - (cone(images) + cone(texts)) / 2) / 2
    return float(matched / (matched + inside)) if matched + inside > 0 else 0.0


def cone(vectors: Vectors) -> float:
    """Mean cosine of two different items of one group, in [-1, 1]; 0 where they spread over all directions.

    (||sum_i x_i||^2 - n) / (n (n - 1)) for unit rows: the narrow cone of arXiv 2203.02053. vectors: (n, d), n >= 2.

    >>> cone(np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])).__round__(3)
    0.333
    """
    n = vectors.shape[0]
    return float((np.square(vectors.sum(axis=0, dtype=np.float64)).sum() - n) / (n * (n - 1)))


def uniformity(vectors: Vectors) -> float:
    """log mean over pairs i != j of exp(-2 ||x_i - x_j||^2), in [-8, 0]; lower is more uniform (arXiv 2005.10242).

    Time and memory grow with n^2. vectors: (n, d), unit rows, n >= 2.

    >>> uniformity(np.array([[1.0, 0.0], [-1.0, 0.0]]))
    -8.0
    """
    rows, columns = np.triu_indices(vectors.shape[0], k=1)
    wide = _wide(vectors)
    squared = np.maximum(2 - 2 * (wide @ wide.T)[rows, columns], 0)
    return float(np.log(np.exp(-2 * squared).mean()))


def linear_separability(images: Vectors, texts: Vectors, *, seed: int = 0) -> float:
    """Accuracy of a linear classifier of the group on unseen items, in [0, 1]; 0.5 is chance, and best.

    scikit-learn's logistic regression on as many pictures as passages, half of each to fit on and half to test on,
    drawn by seed (the measure of arXiv 2412.14384, which leaves the classifier open). Vectors whose group means were
    subtracted can fall below 0.5: then the means of the two halves differ in opposite directions.
    """
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(seed)
    n = min(images.shape[0], texts.shape[0]) // 2 * 2
    chosen = [each[rng.permutation(each.shape[0])[:n]] for each in (images, texts)]
    seen, unseen = (np.concatenate([each[half] for each in chosen]) for half in (np.s_[: n // 2], np.s_[n // 2 :]))
    labels = np.repeat([1, 0], n // 2)
    return float(LogisticRegression(max_iter=1000).fit(seen, labels).score(unseen, labels))


def embedding_gap(
    vectors: Vectors,
    groups: NDArray[np.str_],
    *,
    pair: tuple[str, str] = (Modality.IMAGE.value, Modality.TEXT.value),
    pairs: Pairs | None = None,
    seed: int = 0,
) -> dict[str, float]:
    """Every metric of this file and of `distributions.py` for two groups, by name.

    vectors: (n, d) unit rows, as encoded or moved by a method. groups: (n,).
    pair: the two groups; the first takes the part of the pictures, so "cone_image" is its cone.
    pairs: row-paired items of the two groups, moved in the same way.
    All-with-all metrics take at most `MAX_GROUP_ITEMS` items of each group, drawn by seed. A metric with too few items,
    or without the pairs that it needs, is absent. Raises ModgapError where the extra `evaluation` is missing.
    """
    require_extra("evaluation")
    images, texts = (vectors[groups == group] for group in pair)
    distance = centroid_distance(images, texts)
    found = {"centroid_distance": distance, "centroid_cosine_distance": centroid_cosine_distance(images, texts)}
    if pairs is not None and pairs[0].shape[0] >= 2:
        found["paired_distance"] = paired_distance(*pairs)
        found["rmg"] = relative_modality_gap(*pairs)
        found["alignment"] = alignment(*pairs)
    few_images, few_texts = sample(images, seed=seed), sample(texts, seed=seed)
    smaller = min(images.shape[0], texts.shape[0])
    if smaller >= MIN_CLASSIFIER_ITEMS:
        found["linear_separability"] = linear_separability(few_images, few_texts, seed=seed)
    if smaller >= 2:
        found |= {"cone_image": cone(images), "cone_text": cone(texts)}
        found |= {"uniformity_image": uniformity(few_images), "uniformity_text": uniformity(few_texts)}
        found["mmd"] = mmd(few_images, few_texts)
        frechet = frechet_distance(images, texts)
        found |= {"frechet": frechet.total, "frechet_centroid": frechet.centroid, "frechet_shape": frechet.shape}
    return found


def sample(vectors: Vectors, *, most: int = MAX_GROUP_ITEMS, seed: int = 0) -> Vectors:
    """At most `most` rows, drawn by seed without replacement, in their order."""
    if vectors.shape[0] <= most:
        return vectors
    return vectors[np.sort(np.random.default_rng(seed).choice(vectors.shape[0], size=most, replace=False))]


def _mean(vectors: Vectors) -> NDArray[np.float64]:
    return np.asarray(vectors.mean(axis=0, dtype=np.float64))


def _wide(vectors: Vectors) -> NDArray[np.float64]:
    return np.asarray(vectors, dtype=np.float64)
