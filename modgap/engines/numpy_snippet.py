"""Python with NumPy alone."""

from __future__ import annotations

from modgap.engines.numbers import USUAL, Names, Numbers, header


def python(numbers: Numbers, names: Names = USUAL) -> str:
    """Functions from cosines to calibrated scores and to z, and one that ranks."""
    return (
        header("#", numbers.origin, "Written for Python 3.9 or newer with NumPy 1.20 or newer; modgap is not needed.")
        + f"""import numpy as np

MEAN = {numbers.mean!r}
STD = {numbers.std!r}
LIST = {numbers.list_lengths!r}  # how many of a query's best items of a kind are compared with one another
LEAST = {numbers.least!r}  # the cosine below which a hit is no good match


def calibrate(cosines, modality):
    \"\"\"Cosines (n_items,) of one query and the modality of each item, as MEAN names it, -> scores of the same shape.

    They must hold the LIST best items of each modality.
    \"\"\"
    cosines, modality = np.asarray(cosines, dtype=float), np.asarray(modality)
    scores = np.empty(len(cosines))
    for m in MEAN:
        inside = cosines[modality == m]
        following = np.sort(inside)[::-1][1 : LIST[m]]
        usual = (MEAN[m] + following.mean()) / 2 if len(following) else MEAN[m]
        scores[modality == m] = (inside - usual) / STD[m]
    return scores


def standardize(cosines, modality):
    \"\"\"Cosines (..., n_items) and the modality of each item, as MEAN names it, -> z of the same shape:
    the standardized score, for any number of queries at once.\"\"\"
    mean = np.array([MEAN[m] for m in modality])
    std = np.array([STD[m] for m in modality])
    return (np.asarray(cosines) - mean) / std


def is_good(cosines, modality):
    \"\"\"Whether each item is a good match, (n_items,): fold the others away, or say that nothing fits.\"\"\"
    return np.asarray(cosines) >= np.array([LEAST.get(m, -1.0) for m in modality])


def rank(cosines, modality, k=10):
    \"\"\"Places of the k best items of one query, best first.\"\"\"
    return np.argsort(-calibrate(cosines, modality), kind="stable")[:k]
"""
    )
