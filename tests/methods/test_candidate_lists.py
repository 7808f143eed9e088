"""What the methods that normalise a query's own lists have in common: where lists end, and lists of one group."""

import numpy as np
import pytest

from modgap.errors import ModgapError
from modgap.methods import DBSF, PerQueryZ, method_by_name
from modgap.methods.candidate_lists import places_by_group

LIST_METHODS = ["per_query_z", "dbsf", "rrf", "relative_score"]


def test_statistics_come_from_the_list_alone() -> None:
    scores, modality = [0.9, 0.7, -0.9], ["text"] * 3
    assert PerQueryZ(depth=2).transform(scores, modality) == pytest.approx([1, -1, -17], abs=1e-4)
    with pytest.raises(ModgapError, match="depth is the length"):
        DBSF(depth=1)


@pytest.mark.parametrize("name", LIST_METHODS)
def test_one_modality_is_a_list_by_itself(name: str) -> None:
    values = method_by_name(name).transform([[0.1, 0.9, 0.5]], ["image"] * 3)
    assert np.argsort(-values[0]).tolist() == [1, 2, 0]


@pytest.mark.parametrize("name", LIST_METHODS)
def test_each_of_three_groups_is_a_list_by_itself(name: str) -> None:
    groups = np.asarray(["text", "image", "table"] * 4)
    scores = np.random.default_rng(0).uniform(size=(3, 12))
    values = method_by_name(name).transform(scores, groups)
    for group in ("text", "image", "table"):
        members = groups == group
        alone = method_by_name(name).transform(scores[:, members], groups[members])
        assert values[:, members].tolist() == alone.tolist()


def test_places_of_each_group() -> None:
    groups = np.asarray(["text", "table", "text", "image"])
    assert [places.tolist() for places in places_by_group(groups)] == [[3], [1], [0, 2]]
