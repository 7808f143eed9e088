"""Whether a calibration was made for the corpus that it is used on, and in which words a warning says that it was not.

The corpus fingerprint says whether the items are the same. Vectors without a model's name may also come from another
model; for these the calibrated mean m_g of each group, of n_g unit vectors, is compared with the corpus's own m'_g:

    distance   D_g = ||m_g - m'_g||
    by chance  E[D_g^2] = (1 - ||m_g||^2) / (n_g - 1) + (1 - ||m'_g||^2) / (n'_g - 1) = e_g^2

1 - ||m||^2 is the variance of unit vectors summed over all dimensions, and a mean of n has one n-th of it. A distance
beyond `BEYOND_CHANCE` = 3 times e_g is reported. Where all variance lies in one direction, which is the worst case,
two samples of one source exceed it 3 times in 1,000; where it lies in many, practically never. Corpora that share
items are nearer than that.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from modgap.calibration.artefact import Calibration
from modgap.calibration.fit import mean_vectors
from modgap.engines.base import Engine
from modgap.items import Modality, counts_in_words, group_plural
from modgap.vectors import Vectors

BEYOND_CHANCE = 3.0  # standard errors e_g
_ROUNDING = 1e-5  # of float32 means


def foreign_warnings(
    calibration: Calibration, engine: Engine, counts: Mapping[str, int], fingerprint: str, *, model_is_named: bool
) -> list[str]:
    """Warnings for a calibration that was made for other items than those of an engine; empty for its own corpus.

    counts, fingerprint: of the corpus. model_is_named: False for vectors of nobody knows which model, whose means are
    compared too.
    """
    if calibration.fingerprint == fingerprint:
        return []
    found = [changed_corpus(calibration.counts, counts)]
    if not model_is_named and calibration.means:
        means, behind = mean_vectors(engine, {}), {group: engine.items_behind_mean(group) for group in counts}
        then = {group: int(calibration.sampled.get(group, {"n": n})["n"]) for group, n in calibration.counts.items()}
        found += distant_means(calibration.means, means, then, behind)
    return found


def changed_corpus(then: Mapping[str, int], now: Mapping[str, int]) -> str:
    """The warning for a corpus whose fingerprint is not the calibrated one. then, now: items by group.

    >>> changed_corpus({"text": 120, "image": 43}, {"text": 120, "image": 50}).partition("): ")[0]
    'The calibration was made for another state of this corpus (43 pictures and 120 passages then, 50 and 120 now'
    """
    if then == now:
        counted = f"{counts_in_words(then)} then and now, but not the same ones"
    elif then.keys() == now.keys():
        counted = f"{counts_in_words(then)} then, {_numbers_alone(now)} now"
    else:
        counted = f"{counts_in_words(then)} then, {counts_in_words(now)} now"
    return (
        f"The calibration was made for another state of this corpus ({counted}): z, fit and the order between groups "
        f"may be off, so calibrate again."
    )


def distant_means(
    calibrated: Mapping[str, Vectors], own: Mapping[str, Vectors], then: Mapping[str, int], now: Mapping[str, int]
) -> list[str]:
    """The warning for vectors whose means lie further from the calibrated ones than chance explains; empty otherwise.

    calibrated, own: mean of the unit vectors of each group, (d,). then, now: items behind them, by group. Of several
    groups the one that is furthest beyond chance is named. A group of fewer than 2 items, then or now, is left out.
    """
    found = []
    for group in calibrated.keys() & own.keys():
        n, n_now = then.get(group, 0), now.get(group, 0)
        if min(n, n_now) < 2:
            continue
        a, b = np.asarray(calibrated[group], np.float64), np.asarray(own[group], np.float64)
        limit = BEYOND_CHANCE * math.sqrt(_variance(a) / (n - 1) + _variance(b) / (n_now - 1))
        distance = float(np.linalg.norm(a - b))
        if distance > limit + _ROUNDING:
            found.append((distance - limit, group, distance, limit))
    if not found:
        return []
    _, group, distance, limit = max(found)
    return [
        f"The mean vector of the {group_plural(group)} lies {distance:.2f} from the calibrated one, and chance "
        f"explains {limit:.2f} at most: these vectors are probably of another model, or of quite other subjects."
    ]


def _variance(mean: NDArray[np.float64]) -> float:
    """The variance of unit vectors around their mean, summed over the dimensions."""
    return max(0.0, 1.0 - float(mean @ mean))


def _numbers_alone(counts: Mapping[str, int]) -> str:
    """The numbers of `counts_in_words`, without its words."""
    first = [m.value for m in (Modality.IMAGE, Modality.TEXT) if m.value in counts]
    *most, last = [str(counts[group]) for group in (*first, *(each for each in counts if each not in first))]
    return f"{', '.join(most)} and {last}" if most else last
