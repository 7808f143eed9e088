"""The gap of one corpus: metrics of its vectors, and of the rankings that queries get from them.

Before: as encoded, ranked by raw cosine. After, by the method that acts on each kind of metric:

    i0t_post       x' = (x - mean of its group) / ||...||      moves vectors (arXiv 2412.14384)
    standardized   z = (s - mu_g) / sigma_g                    moves no vector, only scores (arXiv 2511.22141)

The metrics of vectors compare two groups; with more than two, `pair` chooses them and `distances` has the centroid
distance of every two. Rankings are of all groups.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modgap.calibration.queries import CalibrationQueries
from modgap.engines.base import Engine, top_k_by_group
from modgap.errors import CalibrationError
from modgap.io.json_files import rounded
from modgap.items import Modality
from modgap.methods import SimilarityStandardizer
from modgap.methods.i0t_post import I0TPost
from modgap.methods.pseudo_positives import BestItems
from modgap.metrics.catalogue import K, left_out
from modgap.metrics.gap import MAX_GROUP_ITEMS, Pairs, embedding_gap, severity
from modgap.metrics.mixed_ranking import group_share, hub_skewness, ks_distance, top_of_groups
from modgap.progress import Progress, silent
from modgap.vectors import Vectors

PICTURES_AND_PASSAGES = (Modality.IMAGE.value, Modality.TEXT.value)


@dataclass(frozen=True)
class Gap:
    """metrics: by name of `GAP_METRICS`, as encoded and by raw cosine. after: the same by method, where it acts.

    severity: "severe", "moderate" or "low", of the centroid distance. counts: items by group, pairs, queries.
    left_out: why a metric is absent. notes: caveats of these numbers.
    groups: all groups of the corpus. pair: the two that the metrics of vectors compare.
    distances: centroid distance of every two groups; empty where there are only two.
    """

    metrics: dict[str, float]
    after: dict[str, dict[str, float]]
    severity: str
    counts: dict[str, int]
    left_out: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    groups: tuple[str, ...] = PICTURES_AND_PASSAGES
    pair: tuple[str, str] = PICTURES_AND_PASSAGES
    distances: dict[str, dict[str, float]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, metrics rounded to 6 digits; pair and distances where there are more than two groups."""
        document: dict[str, Any] = {
            "metrics": rounded(self.metrics),
            "after": {method: rounded(values) for method, values in self.after.items()},
            "severity": self.severity,
            "counts": self.counts,
            "left_out": self.left_out,
            "notes": self.notes,
        }
        if self.distances:
            document["pair"] = list(self.pair)
            document["distances"] = {group: rounded(row) for group, row in self.distances.items()}
        return document


def measure_gap(
    engine: Engine,
    *,
    queries: CalibrationQueries | None = None,
    pairs: Pairs | None = None,
    pair: tuple[str, str] | None = None,
    seed: int = 0,
    progress: Progress = silent,
) -> Gap:
    """Every metric that can be known of a corpus of two groups or more.

    queries: without labels, for the metrics of rankings. pairs: items of the two groups that belong together (p, d),
        for the metrics of pairs; without them those metrics are left out.
    pair: the two groups that are compared; pictures and passages if left out, or the first two.
    Raises CalibrationError if a group is absent, EngineError where the vectors lie elsewhere.
    """
    two = _chosen_pair(engine, pair)
    first, second = two
    counts = {group: engine.count(group) for group in engine.groups}
    counts["pairs"] = 0 if pairs is None else int(pairs[0].shape[0])
    counts["queries"] = 0 if queries is None else int(queries.vectors.shape[0])
    progress("Measuring the gap", 0, 3)
    metrics = embedding_gap(*_vectors(engine, two), pairs=pairs, pair=two, seed=seed)
    notes = []
    if max(counts[first], counts[second]) > MAX_GROUP_ITEMS:
        notes.append(
            f"Separability, uniformity and MMD take at most {MAX_GROUP_ITEMS} items of each modality, drawn by seed "
            f"{seed}."
        )
    progress("Measuring the gap", 1, 3)
    after = {}
    if min(engine.count(group) for group in engine.groups) >= 2:
        moved, moved_queries, moved_pairs = _centred(engine, queries, pairs, two)
        after["i0t_post"] = embedding_gap(*_vectors(moved, two), pairs=moved_pairs, pair=two, seed=seed)
        if moved_queries is not None and counts["queries"] >= 2:
            after["i0t_post"] |= _ranking_metrics(moved, moved_queries, two)[0]
        notes.append(
            "I0T_post takes the means of this very corpus away, so its centroid distance is near 0 by construction, "
            "and a classifier that learns from one half can fall below chance on the other."
        )
    progress("Measuring the gap", 2, 3)
    if queries is not None and counts["queries"] >= 2:
        raw, standardized = _ranking_metrics(engine, queries, two)
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
        groups=engine.groups,
        pair=two,
        distances=_distances(engine) if len(engine.groups) > 2 else {},
    )


def _chosen_pair(engine: Engine, pair: tuple[str, str] | None) -> tuple[str, str]:
    counts = {group: engine.count(group) for group in engine.groups}
    if pair is None:
        if set(PICTURES_AND_PASSAGES) <= set(counts) or len(counts) < 2:
            pair = PICTURES_AND_PASSAGES
        else:
            pair = (engine.groups[0], engine.groups[1])
    elif pair[0] == pair[1]:
        raise CalibrationError(f'A gap is between two groups; got "{pair[0]}" twice.')
    first, second = (counts.get(group, 0) for group in pair)
    if pair != PICTURES_AND_PASSAGES and not (first and second):
        absent = pair[0] if not first else pair[1]
        raise CalibrationError(f'The corpus has no group "{absent}". It has: {", ".join(engine.groups)}.')
    if not (first and second):
        raise CalibrationError(f"The corpus has {first} pictures and {second} passages: a gap needs both.")
    return pair


def _vectors(engine: Engine, pair: tuple[str, str]) -> tuple[Vectors, NDArray[np.str_]]:
    """The vectors of two groups, and the group of each."""
    parts = [engine.vectors_in(group) for group in pair]
    return np.concatenate(parts), np.repeat(pair, [len(part) for part in parts])


def _distances(engine: Engine) -> dict[str, dict[str, float]]:
    """||mean - mean|| of every two groups."""
    means = {group: engine.mean(group).astype(np.float64) for group in engine.groups}
    return {a: {b: float(np.linalg.norm(means[a] - means[b])) for b in means} for a in means}


def _centred(
    engine: Engine, queries: CalibrationQueries | None, pairs: Pairs | None, pair: tuple[str, str]
) -> tuple[Engine, CalibrationQueries | None, Pairs | None]:
    """Items, text queries and pairs after I0T_post with the means of the items.

    Without the queries where no item is a text, since words are centred by the mean of the texts.
    """
    method = I0TPost.from_items(engine)
    if Modality.TEXT.value not in engine.group_modality.values():
        queries = None

    def moved(rows: Vectors, group: str) -> Vectors:
        return method.move_items(rows, np.full(rows.shape[0], group))

    return (
        engine.moved(method.move_items),
        None if queries is None else replace(queries, vectors=method.move_queries(queries.vectors)),
        None if pairs is None else (moved(pairs[0], pair[0]), moved(pairs[1], pair[1])),
    )


def _ranking_metrics(
    engine: Engine, queries: CalibrationQueries, pair: tuple[str, str]
) -> tuple[dict[str, float], dict[str, float]]:
    """Metrics of rankings by raw cosine, and standardized (empty where these queries cannot calibrate).

    Inside a group both methods keep the order, so one pass for the best `K` of each group serves both.
    """
    found = top_k_by_group(engine, queries.vectors, K, exclude=queries.exclude)
    best = {group: each.scores[:, 0] for group, each in found.items()}
    complete = np.logical_and.reduce([np.isfinite(scores) for scores in best.values()])
    best = {group: scores[complete] for group, scores in best.items()}
    scores = {group: each.scores for group, each in found.items()}
    raw = _metrics_of_lists(engine, best, scores, found, pair)
    try:
        standardizer = SimilarityStandardizer().fit_scores(best)
    except CalibrationError:
        return raw, {}

    def z(of: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        mean, std = standardizer.mean_, standardizer.std_
        return {group: (each - mean[group]) / std[group] for group, each in of.items()}

    return raw, _metrics_of_lists(engine, z(best), z(scores), found, pair)


def _metrics_of_lists(
    engine: Engine,
    best: Mapping[str, NDArray[Any]],
    scores: Mapping[str, NDArray[Any]],
    found: BestItems,
    pair: tuple[str, str],
) -> dict[str, float]:
    rows = {group: each.rows for group, each in found.items()}
    top, groups = top_of_groups(scores, rows, K)
    counts = {group: engine.count(group) for group in engine.groups}
    return {
        "ks_best_scores": ks_distance(best[pair[0]], best[pair[1]]),
        f"image_share@{K}": group_share(groups, pair[0]),
        "image_share_pool": counts[pair[0]] / sum(counts.values()),
        f"hub_skewness@{K}": hub_skewness(top, sum(counts.values())),
    }
