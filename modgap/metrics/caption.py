"""Scores of how well a caption fits its picture, for row-paired unit vectors: image x_i and caption y_i.

    CLIPScore     w * max(cos(x, y), 0),  w = 2.5                                  arXiv 2104.08718
    RefCLIPScore  harmonic mean of CLIPScore and max(max_r cos(y, r), 0)           same; r: reference captions
    I0T-Score     cos(x', y'),  x' = (x - mean_x) / ||x - mean_x||, y' likewise    arXiv 2412.14384

mean_x and mean_y are the mean vectors of pictures and of texts. Raw cosines of a picture and any text all lie in a
narrow band, hence CLIPScore's factor w; centred ones lie around 0, a wrong caption below it. The I0T authors' code
clips at 0 as CLIPScore does, which makes many wrong captions equal (`benchmarks/quality/caption_ratings.md`);
here scores are not clipped by default.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from modgap.vectors import Vectors

CLIPSCORE_WEIGHT = 2.5  # brings the usual cosines of CLIP ViT-B/32 into 0..1; PAC-S uses 2.0
PREFIX = "A photo depicts"  # what CLIPScore writes before each caption and each reference

_TINY = 1e-6  # shorter than the rounding of a float32 difference of unit vectors

Scores = NDArray[np.float64]


def clip_score(images: Vectors, captions: Vectors, *, w: float = CLIPSCORE_WEIGHT) -> Scores:
    """CLIPScore of each pair, in [0, w]; images, captions: (n, d) row-paired unit vectors -> (n,).

    >>> clip_score(np.array([[1.0, 0.0], [1.0, 0.0]]), np.array([[0.6, 0.8], [-0.6, 0.8]])).tolist()
    [1.5, 0.0]
    """
    return w * np.maximum(paired_cosine(images, captions), 0.0)


def ref_clip_score(
    images: Vectors, captions: Vectors, references: Sequence[Vectors], *, w: float = CLIPSCORE_WEIGHT
) -> NDArray[np.float64]:
    """RefCLIPScore of each pair; nan where a pair has no reference.

    images, captions: (n, d). references: for each pair the vectors (r, d) of its reference captions, r >= 0.

    >>> picture, caption, reference = (np.array([row]) for row in ([1.0, 0.0], [0.6, 0.8], [0.0, 1.0]))
    >>> ref_clip_score(picture, caption, [reference]).round(4).tolist()  # harmonic mean of 1.5 and 0.8
    [1.0435]
    """
    ours = clip_score(images, captions, w=w)
    theirs = np.asarray(
        [
            max(float((each.astype(np.float64) @ caption).max()), 0.0) if each.shape[0] else np.nan
            for caption, each in zip(captions, references, strict=True)
        ]
    )
    total = ours + theirs
    return np.where(total == 0, 0.0, 2 * ours * theirs / np.where(total == 0, 1.0, total))


def i0t_score(
    images: Vectors, captions: Vectors, *, image_mean: Vectors, text_mean: Vectors, clip: bool = False
) -> Scores:
    """I0T-Score of each pair, in [-1, 1]; with `clip`, negative scores become 0.

    images, captions: (n, d) row-paired unit vectors; image_mean, text_mean: (d,).

    >>> rows = np.array([[0.8, 0.6]]), np.array([[-0.6, 0.8]])
    >>> i0t_score(*rows, image_mean=np.array([0.8, 0.0]), text_mean=np.array([0.0, 0.8])).tolist()
    [0.0]
    """
    cosines = paired_cosine(centred(images, image_mean), centred(captions, text_mean))
    return np.maximum(cosines, 0.0) if clip else cosines


def centred(vectors: Vectors, mean: Vectors) -> NDArray[np.float64]:
    """I0T_post: (v - mean) / ||v - mean|| of each row (n, d); a row at the mean itself becomes zero and scores 0.

    >>> centred(np.array([[1.0, 0.0], [0.5, 0.0]]), np.array([0.5, 0.0])).tolist()
    [[1.0, 0.0], [0.0, 0.0]]
    """
    moved = vectors.astype(np.float64) - mean
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    return np.where(lengths > _TINY, moved / np.maximum(lengths, _TINY), 0.0)


def paired_cosine(images: NDArray[np.floating], captions: NDArray[np.floating]) -> Scores:
    """The inner product of each row of (n, d) with the same row of the other, in float64 -> (n,)."""
    return np.einsum("nd,nd->n", images.astype(np.float64), captions.astype(np.float64))
