"""One top-k per modality and a merge equal one ranking of everything."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modgap.engines import ModalityIndex, ranked_union
from modgap.items import Modality
from modgap.methods import SimilarityStandardizer
from modgap.vectors import unit_vectors


@given(st.integers(0, 2**32 - 1), st.integers(1, 40))
def test_merging_the_top_k_of_each_modality_is_the_exact_global_top_k(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    items = unit_vectors(rng.normal(size=(30, 6)))
    queries = unit_vectors(rng.normal(size=(4, 6)))
    modality = np.where(rng.random(30) < 0.3, "image", "text")
    modality[:2] = ["image", "text"]
    method = SimilarityStandardizer().fit(queries, items, modality)
    z = method.transform(queries[:1] @ items.T, modality)[0]
    found = ModalityIndex(items, modality).top_k(queries[0], k)
    _, rows = ranked_union(
        [(method.transform(scores[None], modality[rows])[0], rows) for scores, rows in found.values()], k
    )
    assert z[rows] == pytest.approx(np.sort(z)[::-1][:k], abs=1e-4)


def test_equal_scores_stand_in_the_order_of_their_rows() -> None:
    items = np.tile(np.asarray([[1.0, 0.0]], dtype=np.float32), (6, 1))
    found = ModalityIndex(items, np.asarray(["text"] * 6)).top_k(items[0], 4)
    assert found[Modality.TEXT][1].tolist() == [0, 1, 2, 3]
    assert Modality.IMAGE not in found


def test_the_union_of_nothing_is_empty() -> None:
    values, rows = ranked_union([], k=3)
    assert values.size == rows.size == 0
