"""Python with NumPy alone."""

from __future__ import annotations

from modgap.engines.numbers import Numbers, header


def python(numbers: Numbers) -> str:
    """A function from cosines to z, and one that ranks."""
    return (
        header("#", numbers.origin, "Written for Python 3.9 or newer with NumPy 1.20 or newer; modgap is not needed.")
        + f"""import numpy as np

MEAN = {numbers.mean!r}
STD = {numbers.std!r}


def standardize(cosines, modality):
    \"\"\"Cosines (..., n_items) and the modality of each item, as MEAN names it, -> z of the same shape.\"\"\"
    mean = np.array([MEAN[m] for m in modality])
    std = np.array([STD[m] for m in modality])
    return (np.asarray(cosines) - mean) / std


def rank(cosines, modality, k=10):
    \"\"\"Places of the k best items of one query, best first.\"\"\"
    return np.argsort(-standardize(cosines, modality), kind="stable")[:k]
"""
    )
