"""Reciprocal rank fusion: by hand, against ranx, and what it refuses."""

import numpy as np
import pytest

from modgap.errors import ModgapError
from modgap.methods import RRF


def test_rrf_agrees_with_ranx(ranx_answers: dict) -> None:
    fused = RRF(k=ranx_answers["rrf_k"]).transform(ranx_answers["scores"], ranx_answers["modality"])
    assert fused == pytest.approx(np.asarray(ranx_answers["rrf"]), abs=1e-8)


def test_by_hand() -> None:
    scores, modality = [0.9, 0.7, 0.1, 0.2, 0.3], ["text", "text", "image", "image", "image"]
    assert RRF().transform(scores, modality) == pytest.approx([1 / 61, 1 / 62, 1 / 63, 1 / 62, 1 / 61])


def test_equals_stand_in_the_order_in_which_they_come() -> None:
    assert RRF(k=0).transform([0.5, 0.9, 0.5], ["table"] * 3).tolist() == pytest.approx([1 / 2, 1, 1 / 3])


def test_rrf_refuses_a_negative_k() -> None:
    with pytest.raises(ModgapError, match="0 or more"):
        RRF(k=-1)
