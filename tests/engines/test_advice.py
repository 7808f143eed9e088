"""How much of an exact scan an index finds, also where it returns hardly anything."""

from __future__ import annotations

import numpy as np

from modgap.engines.advice import compared_with_exact

QUERIES = np.zeros((2, 3), dtype=np.float32)


def test_shares_are_means_over_queries_by_group() -> None:
    exact = {"text": [["a", "b"], ["c", "d"]], "image": [["p", "q"], ["p", "q"]], "none": [[], []]}
    given = {"text": [["b", "x"], ["d", "c"]], "image": [[], ["q"]], "none": [[], []]}

    def of(lists):
        return lambda queries, k, group: [[(name, 1.0) for name in names] for names in lists[group]]

    found = compared_with_exact(["text", "image", "none"], of(given), of(exact), QUERIES, 2)
    assert found == {"text": 0.75, "image": 0.25, "none": 0.0}
