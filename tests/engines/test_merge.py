"""The merge of candidate lists: by hand, and equal to one ranking of everything."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modgap.engines.base import top_k_by_group
from modgap.engines.exact import ExactEngine
from modgap.engines.merge import ranked_union
from modgap.methods import SimilarityStandardizer
from modgap.vectors import unit_vectors


@pytest.mark.parametrize("names", [("text", "image"), ("text", "image", "table")])
@given(seed=st.integers(0, 2**32 - 1), k=st.integers(1, 40))
def test_merging_the_top_k_of_each_group_is_the_exact_global_top_k(names: tuple[str, ...], seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    items, queries = unit_vectors(rng.normal(size=(30, 6))), unit_vectors(rng.normal(size=(4, 6)))
    groups = np.asarray(names)[rng.integers(len(names), size=30)]
    groups[: len(names)] = names
    method = SimilarityStandardizer().fit(queries, items, groups)
    z = method.transform(queries[:1] @ items.T, groups)[0]
    found = top_k_by_group(ExactEngine(items, groups), queries[:1], k)
    lists = [(method.transform(each.scores[0], groups[each.rows[0]]), each.rows[0]) for each in found.values()]
    values, rows = ranked_union(lists, k)
    assert len(set(rows.tolist())) == min(k, 30)
    assert z[rows] == pytest.approx(np.sort(z)[::-1][:k], abs=1e-4)
    assert values == pytest.approx(z[rows], abs=1e-4)


def test_equal_values_stand_in_the_order_of_their_rows_whichever_list_they_are_in() -> None:
    values, rows = ranked_union([([0.5, 0.5], [8, 9]), ([0.5], [3]), ([0.9, 0.5], [7, 1])], k=4)
    assert rows.tolist() == [7, 1, 3, 8]
    assert values.tolist() == [0.9, 0.5, 0.5, 0.5]


def test_the_union_of_nothing_is_empty() -> None:
    values, rows = ranked_union([], k=3)
    assert values.size == rows.size == 0
