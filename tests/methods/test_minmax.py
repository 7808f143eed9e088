"""Min-max over the calibration scores: by hand, against ranx, and what it refuses."""

import numpy as np
import pytest

from modgap.errors import CalibrationError, NotFittedError
from modgap.methods import MinMax


def test_by_hand(toy) -> None:
    queries, items, modality = toy
    fitted = MinMax().fit(*toy)
    # best texts 1.0 and 0.8, best pictures 0.4 and 0.2
    assert fitted.low_ == {"text": pytest.approx(0.8), "image": pytest.approx(0.2)}
    assert fitted.high_ == {"text": pytest.approx(1.0), "image": pytest.approx(0.4)}
    assert fitted.transform(queries @ items.T, modality)[0] == pytest.approx([1, -4, 1, -0.5], abs=1e-5)


def test_it_is_the_min_max_of_ranx_over_the_calibration_scores(ranx_answers: dict) -> None:
    best = {m: np.asarray(ranx_answers["best"][m]) for m in ("text", "image")}
    fitted = MinMax().fit_scores(best)
    for modality, scores in best.items():
        expected = ranx_answers["min_max_norm"][modality]
        assert fitted.transform(scores, [modality] * 9) == pytest.approx(expected, abs=1e-6)


def test_what_cannot_be_learnt_from_is_named() -> None:
    with pytest.raises(CalibrationError, match="Only 1 query"):
        MinMax().fit([[1, 0]], [[1, 0], [0, 1]], ["text", "image"])
    with pytest.raises(CalibrationError, match="no deviation"):
        MinMax().fit([[1, 0], [1, 0]], [[1, 0], [0, 1]], ["text", "image"])
    with pytest.raises(CalibrationError, match="no pictures"):
        MinMax().fit([[1, 0], [0, 1]], [[1, 0], [0, 1]], ["text", "text"])
    with pytest.raises(NotFittedError, match="call fit"):
        MinMax().transform([0.1], ["text"])


def test_three_groups_by_hand() -> None:
    best = {"text": np.asarray([0.6, 0.8]), "image": np.asarray([0.2, 0.3]), "table": np.asarray([0.1, 0.5])}
    fitted = MinMax().fit_scores(best)
    values = fitted.transform([0.7, 0.3, 0.4], ["text", "image", "table"])
    assert values == pytest.approx([0.5, 1.0, 0.75], abs=1e-6)
    with pytest.raises(CalibrationError, match='learnt nothing of the group "maps"'):
        fitted.transform([0.1], ["maps"])
