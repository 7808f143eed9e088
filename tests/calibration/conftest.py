"""Calibrations that several tests share."""

from dataclasses import replace

import numpy as np
import pytest

from modgap.calibration.artefact import Calibration
from modgap.search.collection import Collection
from tests.calibration.made_calibrations import made_of


@pytest.fixture
def calibration(toy) -> Calibration:
    queries, items, modality = toy
    return Collection.from_vectors(["t0", "t1", "i0", "i1"], modality, items, model="toy").calibrate(queries)


@pytest.fixture
def three() -> Calibration:
    """Text, pictures and scanned tables, which the picture tower encodes."""
    rng = np.random.default_rng(0)
    scores = {g: rng.normal(mean, 0.05, 200) for g, mean in (("text", 0.7), ("image", 0.3), ("table", 0.5))}
    return replace(made_of(**scores), group_modality={"table": "image"}, means={"table": np.ones(3, np.float32)})
