"""Pairs with a gap: two views of one direction, each modality shifted by its own constant and scaled by dimension."""

import numpy as np
import pytest

from modgap.vectors import unit_vectors


@pytest.fixture
def paired() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    meaning = rng.normal(size=(300, 16))
    sides = []
    for shift in (2.0, -2.0):
        view = meaning * rng.uniform(0.3, 2, 16) + 0.4 * rng.normal(size=meaning.shape)
        view[:, 0] += 3 * shift
        sides.append(unit_vectors(view))
    return sides[0], sides[1]
