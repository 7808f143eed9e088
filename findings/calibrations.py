"""Ways to make scores of two modalities comparable, learnt from each query's best score in each (for `own_method`).

Each takes the two pools and returns the calibrated scores of the evaluated queries. All but `lowered` apply one
increasing function per modality, so the order inside a modality is kept. A function is extended linearly beyond the
scores it was learnt from.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln
from scipy.stats import norm
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

Array = NDArray[np.float64]
TAIL = 0.05  # share of the best scores at each end beyond which a function is linear


@dataclass
class Pool:
    """One modality. learn: (n_learn, items) scores to learn from, -inf for excluded pairs; ask: (n, items)."""

    learn: Array
    ask: Array

    @property
    def best(self) -> Array:
        """(n_learn,) pseudo-positive scores."""
        return self.learn.max(axis=1)

    @property
    def items(self) -> int:
        return self.ask.shape[1]


Calibration = Callable[[list[Pool]], list[Array]]


def standardized(pools: list[Pool]) -> list[Array]:
    """z = (s - mu_m) / sigma_m of the best scores (arXiv 2511.22141)."""
    return [(p.ask - p.best.mean()) / p.best.std() for p in pools]


def shrunk(pools: list[Pool], weight: float = 0.5) -> list[Array]:
    """sigma_m drawn to the common one: (1 - weight) sigma_m + weight sqrt(mean of sigma^2)."""
    common = np.sqrt(np.mean([p.best.var() for p in pools]))
    return [(p.ask - p.best.mean()) / ((1 - weight) * p.best.std() + weight * common) for p in pools]


def quantile(pools: list[Pool]) -> list[Array]:
    """z = Phi^-1(F_m(s)), F_m the empirical distribution of the best scores."""
    mapped = []
    for p in pools:
        levels = (np.arange(len(p.best)) + 0.5) / len(p.best)
        kept = (levels >= TAIL) & (levels <= 1 - TAIL)
        knots, first = np.unique(np.sort(p.best)[kept], return_index=True)
        heights = norm.ppf(levels[kept])[first]
        mapped.append(_curve(p.ask, knots, heights, *[1 / p.best.std()] * 2))
    return mapped


def mixture(pools: list[Pool]) -> list[Array]:
    """Best scores of each modality as two Gaussians, match and best non-match: the log odds of the upper one."""
    mapped = []
    for p in pools:
        mean, deviation = p.best.mean(), p.best.std()
        scaled = (p.best - mean) / deviation
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            found = GaussianMixture(2, n_init=3, random_state=0).fit(scaled[:, None])
        low, high = np.argsort(found.means_[:, 0])
        at, spread = found.means_[:, 0], np.sqrt(found.covariances_[:, 0, 0])
        odds = np.log(found.weights_[high] / found.weights_[low])
        mapped.append(_odds((p.ask - mean) / deviation, scaled, at[[high, low]], spread[[high, low]], odds))
    return mapped


def mixture_shared(pools: list[Pool], rounds: int = 200) -> list[Array]:
    """`mixture` with one label per query: either its best picture or its best passage is the match. EM on both.

    picture wanted: best picture ~ N(match), best passage ~ N(no match); passage wanted: the other way round.
    """
    best = np.stack([p.best for p in pools], axis=1)
    mean, deviation = best.mean(axis=0), best.std(axis=0)
    scaled = (best - mean) / deviation
    wanted = 1 / (1 + np.exp(-2 * (scaled[:, 0] - scaled[:, 1])))  # P(picture)
    for _ in range(rounds):
        weights = np.stack([wanted, 1 - wanted], axis=1)
        at, spread = np.zeros((2, 2)), np.zeros((2, 2))  # (match or not, modality)
        for row, weight in enumerate((weights, 1 - weights)):
            at[row] = (weight * scaled).sum(axis=0) / weight.sum(axis=0)
            spread[row] = np.sqrt((weight * (scaled - at[row]) ** 2).sum(axis=0) / weight.sum(axis=0)) + 1e-3
        log_odds = norm.logpdf(scaled, at[0], spread[0]) - norm.logpdf(scaled, at[1], spread[1])
        prior = np.log(wanted.mean() / (1 - wanted.mean()))
        wanted = np.clip(1 / (1 + np.exp(-(prior + log_odds[:, 0] - log_odds[:, 1]))), 1e-6, 1 - 1e-6)
    return [
        _odds((p.ask - mean[j]) / deviation[j], scaled[:, j], at[:, j], spread[:, j], 0.0) for j, p in enumerate(pools)
    ]


def one_match(pools: list[Pool], rounds: int = 30, kept: int = 50) -> list[Array]:
    """One item of the union is the match, of either modality as likely: the log odds of each item, mu and tau by EM.

    The match scores N(mu_m, tau_m), any other item as the modality's scores do; of each query the `kept` best count.
        P(d is the match) ~ 1/2 1/items_m N(s; mu_m, tau_m) / N(s; pool)
    """
    best, moments = [], []
    for p in pools:
        met = np.isfinite(p.learn)
        mean, deviation = p.learn[met].mean(), p.learn[met].std()
        moments.append((mean, deviation))
        first = max(0, p.items - kept)
        best.append(np.partition((p.learn - mean) / deviation, first, axis=1)[:, first:].clip(-9))
    prior = [-np.log(p.items) for p in pools]
    at, spread = [b.max(axis=1).mean() for b in best], [b.max(axis=1).std() for b in best]
    for _ in range(rounds):
        logs = [prior[j] + norm.logpdf(b, at[j], spread[j]) - norm.logpdf(b) for j, b in enumerate(best)]
        top = np.maximum(logs[0].max(axis=1), logs[1].max(axis=1))[:, None]
        weights = [np.exp(log - top) for log in logs]
        total = (weights[0].sum(axis=1) + weights[1].sum(axis=1))[:, None]
        for j, b in enumerate(best):
            share = weights[j] / total
            at[j] = (share * b).sum() / share.sum()
            spread[j] = np.sqrt((share * (b - at[j]) ** 2).sum() / share.sum()) + 1e-3
    return [
        _odds((p.ask - moments[j][0]) / moments[j][1], best[j].max(axis=1), [at[j], 0], [spread[j], 1], prior[j])
        for j, p in enumerate(pools)
    ]


def equal_pools(pools: list[Pool], power: float = 1.0) -> list[Array]:
    """Standardized by the expected best score in a random part of the larger pool, as large as the smaller pool.

    E[max of n0 of N] = sum_r C(N - r, n0 - 1) / C(N, n0) s_(r), s_(1) the best: order statistics, exact.
    power: n0 = N^(1 - power) n_small^power.
    """
    small, mapped = min(p.items for p in pools), []
    for p in pools:
        size = round(p.items ** (1 - power) * small**power)
        ranks = np.arange(1, p.items - size + 2)
        log = gammaln(p.items - ranks + 1) - gammaln(size) - gammaln(p.items - ranks - size + 2)
        weights = np.exp(log - gammaln(p.items + 1) + gammaln(size + 1) + gammaln(p.items - size + 1))
        kept = int(np.searchsorted(np.cumsum(weights), 1 - 1e-6)) + 1
        first = p.items - min(kept, p.items)
        best = -np.sort(-np.partition(p.learn, first, axis=1)[:, first:], axis=1)[:, : len(weights)]
        met = np.isfinite(best).all(axis=1)
        expected = best[met] @ (weights[: best.shape[1]] / weights[: best.shape[1]].sum())
        mapped.append((p.ask - expected.mean()) / expected.std())
    return mapped


def gumbel(pools: list[Pool], power: float = 0.5, spacings: int = 10) -> list[Array]:
    """Standardized, mu_m moved to a pool of the geometric mean size: mu + power beta ln(n0 / N), the Gumbel shift.

    beta: the mean of r (s_(r) - s_(r+1)) over the places after the best, each exponential of mean beta in the domain of
    the Gumbel distribution (Weissman 1978, JASA 73).
    """
    n0, mapped = np.sqrt(pools[0].items * pools[1].items), []
    for p in pools:
        first = max(0, p.items - spacings - 1)
        best = -np.sort(-np.partition(p.learn, first, axis=1)[:, first:], axis=1)
        best = best[np.isfinite(best).all(axis=1)]
        beta = ((best[:, 1:-1] - best[:, 2:]) * np.arange(2, best.shape[1])).mean() if best.shape[1] > 2 else 0.0
        mean = p.best.mean() + power * beta * np.log(n0 / p.items)
        mapped.append((p.ask - mean) / p.best.std())
    return mapped


def lowered(pools: list[Pool], share: float = 0.5) -> list[Array]:
    """Standardized, then minus a share of the query's best z in the modality: between z and rank."""
    return [z - share * z.max(axis=1, keepdims=True) for z in standardized(pools)]


def _odds(scores: Array, learnt: Array, at, spread, prior: float) -> Array:
    """Log odds of the first of two Gaussians, made increasing; `learnt` bounds the range in which they are used."""
    knots = np.linspace(np.quantile(learnt, TAIL / 2), np.quantile(learnt, 1 - TAIL / 2), 400)
    heights = prior + norm.logpdf(knots, at[0], spread[0]) - norm.logpdf(knots, at[1], spread[1])
    heights = np.maximum.accumulate(heights)
    least = max(0.1 * (heights[-1] - heights[0]) / (knots[-1] - knots[0]), 1e-4)
    heights = heights + least * (knots - knots[0])
    tenth = len(knots) // 10
    slopes = [(heights[b] - heights[a]) / (knots[b] - knots[a]) for a, b in ((0, tenth), (-1 - tenth, -1))]
    return _curve(scores, knots, heights, *slopes)


def _curve(scores: Array, knots: Array, heights: Array, below: float, above: float) -> Array:
    """Interpolate the knots, and extend them linearly with these slopes."""
    inside = np.interp(scores, knots, heights)
    return inside + below * np.minimum(scores - knots[0], 0) + above * np.maximum(scores - knots[-1], 0)
