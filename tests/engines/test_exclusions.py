"""Exclusions in both forms, as pairs of query and place."""

import numpy as np
import pytest

from modgap.engines.exclusions import excluded_pairs, excluded_ranges


def test_rows_become_ranges_of_one_and_none_an_empty_one() -> None:
    assert excluded_ranges(np.asarray([4, -1, 0])).tolist() == [[4, 5], [-1, -1], [0, 1]]
    documents = np.asarray([[2, 5], [0, 0]])
    assert excluded_ranges(documents) is documents


def test_pairs_by_hand() -> None:
    rows = np.asarray([1, 2, 4, 6])  # of a group
    # document 2..5 holds rows 2 and 4, at places 1 and 2; 3..3 is empty; 0..9 holds all; 5..6 none of the group
    documents = np.asarray([[2, 6], [3, 3], [0, 9], [5, 6]])
    assert excluded_pairs(documents, rows).tolist() == [[0, 1], [0, 2], [2, 0], [2, 1], [2, 2], [2, 3]]


@pytest.mark.parametrize("documents", [False, True])
def test_pairs_by_brute_force(documents: bool) -> None:
    rng = np.random.default_rng(3)
    rows = np.sort(rng.permutation(50)[:20])
    exclude = rng.integers(-1, 50, size=30)
    if documents:
        exclude = np.sort(rng.integers(0, 50, size=(30, 2)), axis=1)
    expected = [
        [query, place]
        for query, one in enumerate(exclude)
        for place, row in enumerate(rows)
        if (one[0] <= row < one[1] if documents else row == one)
    ]
    assert excluded_pairs(exclude, rows).tolist() == expected
