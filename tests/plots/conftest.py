"""What the tests of figures share."""

import numpy as np
import pytest

from modgap.calibration import Calibration
from modgap.search.collection import Collection


@pytest.fixture
def collection() -> Collection:
    """30 texts and 30 pictures in 8 dimensions, the pictures shifted away."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(60, 8))
    vectors[30:, 0] += 4
    names = [f"{kind}{i}" for kind in "ti" for i in range(30)]
    return Collection.from_vectors(names, ["text"] * 30 + ["image"] * 30, vectors, model="toy")


@pytest.fixture
def calibration(collection: Collection) -> Calibration:
    return collection.calibrate(np.random.default_rng(1).normal(size=(40, 8)))
