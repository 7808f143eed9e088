"""Stacks: the later method learns from what the earlier one moved, and what a stack says of itself."""

import numpy as np
import pytest

from modgap.errors import ModgapError
from modgap.methods import I0TPost, SimilarityStandardizer, Stack, method_by_name


def case(seed: int = 0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(9, 6)), rng.normal(size=(20, 6)), np.asarray(["text", "image"] * 10)


def test_the_second_learns_from_what_the_first_moved() -> None:
    queries, items, modality = case()
    stack = method_by_name("i0t_post+standardized").fit(queries, items, modality)
    first = I0TPost().fit(queries, items, modality)
    unit = [v / np.linalg.norm(v, axis=1, keepdims=True) for v in (queries, items)]
    moved = first.move_queries(unit[0]), first.move_items(unit[1], modality)
    second = SimilarityStandardizer().fit(*moved, modality)
    expected = second.transform(moved[0] @ moved[1].T, modality)
    assert stack.score(*(v.astype(np.float32) for v in unit), modality) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(
    ("name", "needs", "changes", "keeps_order", "in_artefact", "depth"),
    [
        ("i0t_post+standardized", "vectors", "vectors", False, False, 0),
        ("i0t_post+per_query_z", "vectors", "vectors", False, True, 100),
        ("raw+standardized", "scores", "scores", True, True, 0),
        ("i0t_post+oracle", "labels", "vectors", False, False, 0),
        ("i0t_post+gr_clip+nnn", "vectors", "vectors", False, False, 0),
    ],
)
def test_what_a_stack_says_of_itself(name, needs, changes, keeps_order, in_artefact, depth) -> None:
    stack = method_by_name(name)
    assert stack.name == name
    said = (stack.needs, stack.changes, stack.keeps_order, stack.in_artefact, stack.depth)
    assert said == (needs, changes, keeps_order, in_artefact, depth)


@pytest.mark.parametrize("name", ["standardized+i0t_post", "nnn+standardized", "rrf+raw"])
def test_a_method_that_changes_scores_comes_last(name: str) -> None:
    with pytest.raises(ModgapError, match="must come last"):
        method_by_name(name)


@pytest.mark.parametrize("name", ["i0t_post+", "+", "i0t_post+magic", "raw + rrf"])
def test_a_stack_of_unknown_names_lists_the_known_ones(name: str) -> None:
    with pytest.raises(ModgapError, match="Known: raw"):
        method_by_name(name)


def test_the_values_of_a_stack_are_those_of_its_last_part_on_moved_vectors() -> None:
    assert method_by_name("i0t_post+gr_clip+standardized").value_name == "z after i0t_post+gr_clip"
    assert Stack([SimilarityStandardizer()]).value_name == "z"
