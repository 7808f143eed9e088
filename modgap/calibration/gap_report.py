"""The gap of one corpus, measured: metrics of its vectors, and of the rankings that queries get from them.

Before: as encoded, ranked by raw cosine. After, by the method that acts on each kind of metric:

    i0t_post       x' = (x - mean of its modality) / ||...||   moves vectors (arXiv 2412.14384)
    standardized   z = (s - mu_m) / sigma_m                    moves no vector, only scores (arXiv 2511.22141)
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modgap.calibration.queries import CalibrationQueries
from modgap.engines.exact import PseudoPositives, pseudo_positives
from modgap.errors import CalibrationError
from modgap.items import Modality
from modgap.methods import SimilarityStandardizer
from modgap.methods.i0t_post import I0TPost
from modgap.metrics.catalogue import K, left_out
from modgap.metrics.gap import MOST_ITEMS, Pairs, embedding_gap, severity
from modgap.metrics.mixed_ranking import hub_skewness, image_share, ks_distance, top_of_both
from modgap.progress import Progress, silent
from modgap.vectors import Vectors


@dataclass(frozen=True)
class Gap:
    """metrics: by name of `GAP_METRICS`, as encoded and by raw cosine. after: the same by method, where it acts.

    severity: "severe", "moderate" or "low", of the centroid distance. counts: text, image, pairs, queries.
    left_out: why a metric is absent. notes: what to keep in mind of these numbers.
    """

    metrics: dict[str, float]
    after: dict[str, dict[str, float]]
    severity: str
    counts: dict[str, int]
    left_out: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, metrics rounded to 6 digits."""
        return {
            "metrics": _rounded(self.metrics),
            "after": {method: _rounded(values) for method, values in self.after.items()},
            "severity": self.severity,
            "counts": self.counts,
            "left_out": self.left_out,
            "notes": self.notes,
        }


def measure_gap(
    vectors: Vectors,
    modality: NDArray[np.str_],
    *,
    queries: CalibrationQueries | None = None,
    pairs: Pairs | None = None,
    seed: int = 0,
    progress: Progress = silent,
) -> Gap:
    """Every metric that can be known of (n, d) unit rows of both modalities.

    queries: without labels, for the metrics of rankings. pairs: pictures and texts that belong together (p, d), for the
    metrics of pairs. Without them those metrics are left out. Raises CalibrationError if a modality is absent.
    """
    counts = {m.value: int((modality == m.value).sum()) for m in Modality}
    if not all(counts.values()):
        raise CalibrationError(
            f"The corpus has {counts['image']} pictures and {counts['text']} passages: a gap needs both."
        )
    counts["pairs"] = 0 if pairs is None else int(pairs[0].shape[0])
    counts["queries"] = 0 if queries is None else int(queries.vectors.shape[0])
    progress("Measuring the gap", 0, 3)
    metrics = embedding_gap(vectors, modality, pairs=pairs, seed=seed)
    notes = []
    if max(counts["image"], counts["text"]) > MOST_ITEMS:
        notes.append(
            f"Separability, uniformity and MMD take at most {MOST_ITEMS} items of each modality, drawn by seed {seed}."
        )
    progress("Measuring the gap", 1, 3)
    after = {}
    if min(counts["image"], counts["text"]) >= 2:
        moved, moved_queries, moved_pairs = _centred(vectors, modality, queries, pairs)
        after["i0t_post"] = embedding_gap(moved, modality, pairs=moved_pairs, seed=seed)
        if moved_queries is not None and counts["queries"] >= 2:
            after["i0t_post"] |= _ranking_metrics(moved, modality, moved_queries)[0]
        notes.append(
            "I0T_post takes the means of this very corpus away, so its centroid distance is near 0 by construction, "
            "and a classifier that learns from one half can fall below chance on the other."
        )
    progress("Measuring the gap", 2, 3)
    if queries is not None and counts["queries"] >= 2:
        raw, standardized = _ranking_metrics(vectors, modality, queries)
        metrics |= raw
        if standardized:
            after["standardized"] = standardized
            notes.append("Standardization moves no vector: metrics of vectors stay, metrics of rankings show it.")
    progress("Measuring the gap", 3, 3)
    return Gap(
        metrics=metrics,
        after=after,
        severity=severity(metrics["centroid_distance"]),
        counts=counts,
        left_out=left_out(metrics.keys(), pairs_known=pairs is not None),
        notes=notes,
    )


def _centred(
    vectors: Vectors, modality: NDArray[np.str_], queries: CalibrationQueries | None, pairs: Pairs | None
) -> tuple[Vectors, CalibrationQueries | None, Pairs | None]:
    """Vectors, text queries and pairs after I0T_post with the means of the vectors."""
    method = I0TPost.of_items(vectors, modality)

    def as_one(rows: Vectors, kind: Modality) -> Vectors:
        return method.move_items(rows, np.full(rows.shape[0], kind.value))

    return (
        method.move_items(vectors, modality),
        None if queries is None else replace(queries, vectors=as_one(queries.vectors, Modality.TEXT)),
        None if pairs is None else (as_one(pairs[0], Modality.IMAGE), as_one(pairs[1], Modality.TEXT)),
    )


def _ranking_metrics(
    vectors: Vectors, modality: NDArray[np.str_], queries: CalibrationQueries
) -> tuple[dict[str, float], dict[str, float]]:
    """Metrics of rankings by raw cosine, and standardized (empty where these queries cannot calibrate).

    Inside a modality both methods keep the order, so one pass for the best `K` of each modality serves both.
    """
    found = pseudo_positives(queries.vectors, vectors, modality, k=K, exclude=queries.exclude)
    best = {m: found[m].scores[:, 0] for m in Modality}
    met = np.isfinite(best[Modality.TEXT]) & np.isfinite(best[Modality.IMAGE])
    best = {m: scores[met] for m, scores in best.items()}
    scores = {m: each.scores for m, each in found.items()}
    raw = _of_lists(best, scores, found, modality)
    try:
        standardizer = SimilarityStandardizer().fit_scores(best)
    except CalibrationError:
        return raw, {}
    z = {m: (scores[m] - standardizer.mean_[m]) / standardizer.std_[m] for m in Modality}
    z_best = {m: (best[m] - standardizer.mean_[m]) / standardizer.std_[m] for m in Modality}
    return raw, _of_lists(z_best, z, found, modality)


def _of_lists(
    best: dict[Modality, NDArray],
    scores: dict[Modality, NDArray],
    found: dict[Modality, PseudoPositives],
    modality: NDArray[np.str_],
) -> dict[str, float]:
    top = top_of_both(scores, {m: each.rows for m, each in found.items()}, K)
    return {
        "ks_best_scores": ks_distance(best[Modality.IMAGE], best[Modality.TEXT]),
        f"image_share@{K}": image_share(top, modality),
        "image_share_pool": float(np.mean(modality == Modality.IMAGE.value)),
        f"hub_skewness@{K}": hub_skewness(top, modality.size),
    }


def _rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 6) for name, value in values.items()}
