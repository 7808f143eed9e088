"""Candidates for a method of our own: centre the vectors, subtract backgrounds, then calibrate by best scores.

    whitened      x <- Norm(W x), W = C^(-power/2), C the mean covariance of centred queries, pictures and passages
    background    b(q, d) = q . (d - mean_m) / (q' C_m q)^(p/2), C_m the covariance of the items of modality m, shrunk
                  by a tenth to a multiple of the identity. p = 1: a z-score against the pool in closed form
    item bias     s(q, d) <- s(q, d) - alpha (mean of the k highest s(q', d) over the calibration queries q'): NNN
                  (arXiv 2410.24114) by few neighbours, within a modality; alpha = 1/2 is the item's half of CSLS
                  (arXiv 1710.04087)
    calibration   one of `calibrations`, learnt from the resulting best scores

Like every peer, a candidate learns from queries without labels, and they may differ from the evaluated ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from findings import calibrations as by
from findings.sets import Mixed
from modgap.methods import method_by_name
from modgap.vectors import Vectors

SHRINK = 0.1


@dataclass(frozen=True)
class Candidate:
    """centre: "" or the name of a method that moves vectors. whiten: its power, or 0. background: p, or None.

    alpha, k: item bias, none with alpha = 0. calibrate: one of `calibrations`.
    """

    centre: str = ""
    whiten: float = 0.0
    background: float | None = None
    alpha: float = 0.0
    k: int = 10
    calibrate: by.Calibration = by.standardized

    def __call__(
        self, of: Mixed, learn: Vectors | None = None, exclude: NDArray[np.intp] | None = None
    ) -> NDArray[np.float64]:
        """(n, n) scores. learn: other queries to learn from; exclude: (n_learn,) item rows not to compare."""
        others = learn is not None
        known, asked, items = self._moved(of, of.queries if learn is None else learn)
        pools = []
        for members in (of.pictures, ~of.pictures):
            score = self._scorer(items[members])
            known_scores = score(known)
            pools.append(by.Pool(known_scores, score(asked) if others else known_scores))
        result = np.empty((len(asked), len(items)))
        for members, pool in zip((of.pictures, ~of.pictures), pools, strict=True):
            if exclude is not None:
                place = np.cumsum(members) - 1
                own = np.flatnonzero(members[exclude])
                pool.learn[own, place[exclude[own]]] = -np.inf
            if self.alpha:
                bias = self.alpha * _mean_of_best(pool.learn, self.k)
                pool.learn, pool.ask = pool.learn - bias, pool.ask - bias
        for members, mapped in zip((of.pictures, ~of.pictures), self.calibrate(pools), strict=True):
            result[:, members] = mapped
        return result

    def _moved(self, of: Mixed, known: Vectors) -> tuple[Vectors, Vectors, Vectors]:
        """Moved vectors: queries to learn from, queries to score, items."""
        asked, items = of.queries, of.items
        if self.centre:
            method = method_by_name(self.centre).fit(known, items, of.modality)
            known, asked = method.move_queries(known), method.move_queries(asked)
            items = method.move_items(items, of.modality)
        if self.whiten:
            matrix = _whitening([known, items[of.pictures], items[~of.pictures]], self.whiten)
            known, asked, items = (_unit(each @ matrix) for each in (known, asked, items))
        return known, asked, items

    def _scorer(self, pool: Vectors) -> Callable[[Vectors], NDArray[np.float64]]:
        """Function from queries (n, d) to scores (n, items) with the background of the pool subtracted."""
        if self.background is None:
            return lambda queries: (queries @ pool.T).astype(np.float64)
        mean, covariance, power = pool.mean(axis=0, dtype=np.float64), _covariance(pool), self.background / 2

        def score(queries: Vectors) -> NDArray[np.float64]:
            variance = np.einsum("qi,qi->q", queries @ covariance, queries)
            return queries @ (pool - mean).T / variance[:, None] ** power

        return score


def _mean_of_best(scores: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    """(items,) mean of each item's k highest scores over allowed queries; 0 where there are none."""
    first = max(0, len(scores) - k)
    best = np.partition(scores, first, axis=0)[first:]
    met = np.isfinite(best)
    return np.where(met, best, 0).sum(axis=0) / np.maximum(met.sum(axis=0), 1)


def _covariance(rows: Vectors) -> NDArray[np.float64]:
    """(d, d), shrunk to a multiple of the identity."""
    found = np.cov(rows.T.astype(np.float64), bias=True)
    return (1 - SHRINK) * found + SHRINK * np.trace(found) / len(found) * np.eye(len(found))


def _whitening(groups: list[Vectors], power: float) -> NDArray[np.float64]:
    """(d, d) inverse root of the mean covariance, to a power."""
    values, axes = np.linalg.eigh(np.mean([_covariance(group) for group in groups], axis=0))
    return axes * (values / values.mean()) ** (-power / 2) @ axes.T


def _unit(rows: NDArray[np.float64]) -> Vectors:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


CHOSEN = "background 1/2, item bias 1/2"  # on Flickr8k train, before it was run on Flickr8k dev and the CLIP vectors
SIMPLER = "gr_clip, item bias 1/2"  # the chosen one without covariances
CANDIDATES: dict[str, Candidate] = {
    "mixture": Candidate(calibrate=by.mixture),
    "mixture, shared labels": Candidate(calibrate=by.mixture_shared),
    "gr_clip, mixture": Candidate("gr_clip", calibrate=by.mixture),
    "background 1/2, mixture": Candidate(background=0.5, calibrate=by.mixture),
    "background 1, one match": Candidate(background=1, calibrate=by.one_match),
    "quantile": Candidate(calibrate=by.quantile),
    "gr_clip, background 1/2, quantile": Candidate("gr_clip", background=0.5, calibrate=by.quantile),
    "shrunk sigma": Candidate(calibrate=by.shrunk),
    "background 1, shrunk sigma": Candidate(background=1, calibrate=by.shrunk),
    "equal pools": Candidate(calibrate=by.equal_pools),
    "equal pools, half": Candidate(calibrate=lambda pools: by.equal_pools(pools, 0.5)),
    "Gumbel shift, half": Candidate(calibrate=by.gumbel),
    "gr_clip, background 1/2, Gumbel shift": Candidate("gr_clip", background=0.5, calibrate=by.gumbel),
    "lowered": Candidate(calibrate=by.lowered),
    "background 1/2": Candidate(background=0.5),
    "background 1": Candidate(background=1),
    "gr_clip, background 1/2": Candidate("gr_clip", background=0.5),
    "gr_clip, whitened 1/4, background 1/2": Candidate("gr_clip", whiten=0.25, background=0.5),
    "item bias 1/2": Candidate(alpha=0.5),
    SIMPLER: Candidate("gr_clip", alpha=0.5),
    CHOSEN: Candidate(background=0.5, alpha=0.5),
    "background 1/2, item bias 3/4": Candidate(background=0.5, alpha=0.75),
    "gr_clip, background 1/2, item bias 1/2": Candidate("gr_clip", background=0.5, alpha=0.5),
}
