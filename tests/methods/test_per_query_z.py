"""The z-score inside each list: by hand and against ranx."""

import numpy as np
import pytest

from modgap.methods import PerQueryZ


def test_per_query_z_agrees_with_ranx(ranx_answers: dict) -> None:
    z = PerQueryZ().transform(ranx_answers["scores"], ranx_answers["modality"])
    assert z == pytest.approx(np.asarray(ranx_answers["zmuv_norm"]), abs=1e-5)


def test_by_hand() -> None:
    scores, modality = [0.9, 0.7, 0.1, 0.2, 0.3], ["text", "text", "image", "image", "image"]
    assert PerQueryZ().transform(scores, modality) == pytest.approx([1, -1, -1.2247, 0, 1.2247], abs=1e-4)


def test_lists_without_spread_become_zeros() -> None:
    assert PerQueryZ().transform([0.5, 0.5, 0.5, 0.2], ["text"] * 3 + ["image"]).tolist() == [0, 0, 0, 0]
