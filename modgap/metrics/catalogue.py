"""Catalogue of the gap metrics: name, meaning, better direction, and the data that each needs."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Literal

K = 10  # length of the result lists behind the metrics of queries

Need = Literal["vectors", "pairs", "queries"]


@dataclass(frozen=True)
class GapMetric:
    """meaning: one sentence. good: the direction. needs: "vectors" of the corpus, known "pairs", or "queries".

    Metrics of vectors and pairs change with methods that move vectors, those of queries also with methods that score.
    """

    title: str
    meaning: str
    good: str
    needs: Need


GAP_METRICS = {
    "centroid_distance": GapMetric(
        "Centroid distance", "How far the mean picture lies from the mean passage.", "lower (0 to 2)", "vectors"
    ),
    "centroid_cosine_distance": GapMetric(
        "Centroid cosine distance",
        "How far the directions of the mean picture and the mean passage lie apart (MTEB's modality gap).",
        "lower (0 to 2)",
        "vectors",
    ),
    "paired_distance": GapMetric(
        "Paired distance", "How far a picture lies from its own text, on average.", "lower (0 to 2)", "pairs"
    ),
    "rmg": GapMetric(
        "Relative modality gap",
        "Distance within pairs relative to distance within a modality; at 0.5 a text is as far as a random picture.",
        "lower (0 to 1)",
        "pairs",
    ),
    "alignment": GapMetric(
        "Alignment", "Mean squared distance of a picture and its own text.", "lower (0 to 4)", "pairs"
    ),
    "linear_separability": GapMetric(
        "Linear separability",
        "How often a linear classifier separates pictures from passages that it has not seen.",
        "0.5 is chance",
        "vectors",
    ),
    "cone_image": GapMetric(
        "Cone of pictures", "Mean cosine of two pictures: how narrow a cone they share.", "0 (-1 to 1)", "vectors"
    ),
    "cone_text": GapMetric(
        "Cone of passages", "Mean cosine of two passages: how narrow a cone they share.", "0 (-1 to 1)", "vectors"
    ),
    "uniformity_image": GapMetric(
        "Uniformity of pictures", "How evenly pictures spread over the sphere.", "lower (-8 to 0)", "vectors"
    ),
    "uniformity_text": GapMetric(
        "Uniformity of passages", "How evenly passages spread over the sphere.", "lower (-8 to 0)", "vectors"
    ),
    "mmd": GapMetric(
        "MMD",
        "How much the two clouds differ in any way that a smooth kernel sees.",
        "lower (0 to 1.41)",
        "vectors",
    ),
    "frechet": GapMetric(
        "Fréchet distance",
        "How much the two clouds differ as Gaussians; the sum of the two parts below.",
        "lower",
        "vectors",
    ),
    "frechet_centroid": GapMetric(
        "  its centroid part", "The part that moving the means together would remove.", "lower (0 to 4)", "vectors"
    ),
    "frechet_shape": GapMetric(
        "  its shape part", "What remains when the means coincide: spread and orientation.", "lower", "vectors"
    ),
    "ks_best_scores": GapMetric(
        "KS of best scores",
        "How far apart the best picture and the best passage scores of the same queries lie; 1: no overlap.",
        "lower (0 to 1)",
        "queries",
    ),
    f"image_share@{K}": GapMetric(
        f"Picture share, top {K}",
        "Share of pictures among the first results of all queries.",
        "as in the pool",
        "queries",
    ),
    "image_share_pool": GapMetric(
        "Picture share, pool", "Share of pictures in the whole corpus, to compare with.", "", "queries"
    ),
    f"hub_skewness@{K}": GapMetric(
        f"Hubs, top {K}",
        "Skewness of how often each item is a first result: large where a few items are in every list.",
        "lower, 0 is even",
        "queries",
    ),
}


def left_out(present: Set[str], *, pairs_known: bool) -> dict[str, str]:
    """Why each absent metric is absent: {name: a clause that ends a sentence}.

    >>> left_out(GAP_METRICS.keys() - {"rmg"}, pairs_known=False)
    {'rmg': 'no picture is known to belong to a text'}
    """
    few = {
        "vectors": "there are too few items of one modality",
        "pairs": "there are too few pairs" if pairs_known else "no picture is known to belong to a text",
        "queries": "there are too few queries",
    }
    return {name: few[metric.needs] for name, metric in GAP_METRICS.items() if name not in present}
