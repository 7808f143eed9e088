"""What the tests of the snippets share: cosines with their groups, three groups of which one has a hostile name."""

from __future__ import annotations

import json

import numpy as np

from modgap.calibration import Calibration
from modgap.engines.numbers import Numbers
from modgap.methods import Calibrated

COSINES = [0.93, 0.61, 0.35, -0.2, 1.0]
MODALITY = ["text", "image", "image", "text", "image"]
HOSTILE = ("text", "image", 'it\'s "licensed" \\ --')
THREE = Numbers(dict(zip(HOSTILE, (0.7, 0.3, 0.6), strict=True)), dict.fromkeys(HOSTILE, 0.1), 3, "made by hand")
Z_OF_THREE = {"text": 1.0, "image": 5.0, HOSTILE[2]: 2.0}  # of a cosine of 0.8


def expected(calibration: Calibration, query_modality: str) -> np.ndarray:
    """z of the cosines above."""
    return calibration.z(COSINES, np.asarray(MODALITY), query_modality=query_modality)


def calibrated(calibration: Calibration, query_modality: str) -> np.ndarray:
    """Calibrated scores of the cosines above, by the method that search ranks by."""
    method = Calibrated()
    method.restore(calibration.fitted_state(query_modality))
    return method.transform(COSINES, MODALITY)


def body(text: str) -> dict:
    """The JSON of a request below its header."""
    return json.loads(text[text.index("\n{") :])
