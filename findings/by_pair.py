"""Means of a measure over queries and over draws of the same pairs, with 95 % intervals that respect the pairs.

Seeds draw sets from one stock of pairs, so results of two seeds on the same picture are not independent, and an
interval from the spread over seeds is too narrow. Here all draws of a pair are resampled together:

    mean(cell, target)   = sum over pairs of the measured values / sum over pairs of their number
    interval             = percentile bootstrap: pairs drawn with replacement, 1,999 times, means recomputed
    macro                = the mean over both targets, and over the cells (pools) if there are several
    against              = difference of two macro averages from the same resamples: a paired interval
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from findings.sets import Mixed

RESAMPLES = 1999
TARGETS = ("image", "text")


@functools.cache
def _drawn(pairs: int) -> NDArray[np.float64]:
    """(RESAMPLES, pairs) how often each pair is drawn; the same for all methods, so that intervals are paired."""
    chosen = np.random.default_rng(0).multinomial(pairs, np.full(pairs, 1 / pairs), size=RESAMPLES)
    return chosen.astype(np.float64)


class ByPair:
    """One measure of one method. pairs: size of the stock; cells: number of pools in a macro average."""

    def __init__(self, pairs: int, cells: int = 1) -> None:
        self.sums = np.zeros((cells, 2, pairs))
        self.counts = np.zeros((cells, 2, pairs))

    def add(self, of: Mixed, values: NDArray[np.float64], cell: int = 0) -> None:
        """Add the values (n,) of the queries of a set."""
        for target, rows in enumerate((of.pictures, ~of.pictures)):
            np.add.at(self.sums[cell, target], of.pair[rows], values[rows])
            np.add.at(self.counts[cell, target], of.pair[rows], 1)

    def means(self) -> NDArray[np.float64]:
        """(cells, 2) by target, pictures first; nan for a target without queries."""
        with np.errstate(invalid="ignore"):
            return self.sums.sum(axis=2) / self.counts.sum(axis=2)

    def all(self) -> float:
        """The mean over all queries, of both targets."""
        return float(self.sums.sum() / self.counts.sum())

    def macro(self) -> float:
        """The mean over targets and cells."""
        return float(np.nanmean(self.means()))

    @functools.cached_property
    def _resampled(self) -> NDArray[np.float64]:
        """(RESAMPLES, cells, 2) means; nan where no query of a target was drawn."""
        drawn = _drawn(self.sums.shape[2])
        with np.errstate(invalid="ignore"):
            return np.stack([drawn @ s.T / (drawn @ c.T) for s, c in zip(self.sums, self.counts, strict=True)], axis=1)

    def shown(self, target: str = "macro") -> str:
        """Mean and half the width of its interval: of one target, of "all" queries, or "macro"."""
        if target == "all":
            drawn = _drawn(self.sums.shape[2])
            mean, found = self.all(), drawn @ self.sums.sum(axis=(0, 1)) / (drawn @ self.counts.sum(axis=(0, 1)))
        else:
            chosen = slice(None) if target == "macro" else [TARGETS.index(target)]
            mean, found = np.nanmean(self.means()[:, chosen]), np.nanmean(self._resampled[:, :, chosen], axis=(1, 2))
        return f"{mean:.3f} ±{_half(found):.3f}"

    def against(self, other: ByPair) -> tuple[float, float]:
        """(difference of the macro averages, half of its paired interval)."""
        gaps = np.nanmean(self._resampled, axis=(1, 2)) - np.nanmean(other._resampled, axis=(1, 2))
        return self.macro() - other.macro(), _half(gaps)


def _half(found: NDArray[np.float64]) -> float:
    """Half of the 95 % interval of resampled means."""
    low, high = np.nanpercentile(found, (2.5, 97.5))
    return float(high - low) / 2
