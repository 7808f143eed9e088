"""What the base of the methods checks on behalf of all."""

import numpy as np
import pytest

from modgap.engines.exact import ExactEngine
from modgap.errors import CalibrationError, VectorError
from modgap.methods import FitData, FittedState, Method, Raw, method_by_name
from modgap.methods.base import check_scores, expected_groups, values_by_group


class Learner(Method):
    """Keeps what it is given to learn from."""

    name, title, needs = "learner", "Learner", "vectors"

    def learn(self, data: FitData) -> None:
        self.data = data


def test_fit_hands_unit_vectors_groups_and_modalities_to_learn() -> None:
    method = Learner().fit(
        [[3, 4]],
        [[2, 0], [0, 5], [0, 1]],
        ["table", "scan", "text"],
        query_modality="image",
        group_modality={"scan": "image"},
        positives=[[1]],
        exclude=np.asarray([2]),
        exclude_same=True,
    )
    data = method.data
    assert data.queries == pytest.approx(np.asarray([[0.6, 0.8]]))
    assert data.engine.vectors_of(np.asarray([0, 1])).tolist() == [[1, 0], [0, 1]]
    assert data.engine.groups == ("text", "table", "scan")
    assert data.engine.group_modality == {"text": "text", "table": "text", "scan": "image"}
    assert (data.query_modality, data.positives, data.exclude.tolist(), data.exclude_same) == (
        "image",
        [[1]],
        [2],
        True,
    )


def test_fit_on_an_engine_learns_the_same(toy) -> None:
    queries, items, modality = toy
    one, other = Learner().fit(*toy), Learner().fit_engine(queries, ExactEngine(items, modality))
    assert other.data.queries.tolist() == one.data.queries.tolist()
    with pytest.raises(CalibrationError, match="2 dimensions and items 3: encode both with one model"):
        Learner().fit_engine(queries[:, :2], ExactEngine(items, modality))


def test_labels_of_no_item_are_refused(toy) -> None:
    with pytest.raises(CalibrationError, match="row 99, and there are 4 items"):
        Learner().fit(*toy, positives=[[99]] * 2)
    with pytest.raises(CalibrationError, match="labels for 1 queries and 2 queries"):
        Learner().fit(*toy, positives=[[0]])


def test_a_method_that_a_file_does_not_carry_says_so() -> None:
    state = FittedState("text", {}, {}, {}, {}, {}, {})
    Raw().restore(state)  # has learnt nothing, so nothing is missing
    with pytest.raises(CalibrationError, match='"learner" learns from the calibration queries themselves'):
        Learner().restore(state)


def test_statistics_are_wanted_of_the_groups_that_are_there_or_of_both_of_the_two() -> None:
    assert expected_groups(["image"]) == expected_groups([]) == ("text", "image")
    assert expected_groups(["table", "image", "maps"]) == ("image", "table", "maps")


def test_each_item_has_the_value_of_its_group_and_an_unknown_group_is_named() -> None:
    values = {"text": 1.0, "image": 2.0, "table": 3.0}
    groups = np.asarray(["table", "text", "image", "table"])
    assert values_by_group(values, groups, "standardized").tolist() == [3, 1, 2, 3]
    with pytest.raises(CalibrationError, match=r'learnt nothing of the group "maps" \(it knows text, image, table\)'):
        values_by_group(values, np.asarray(["text", "maps"]), "standardized")


def test_scores_and_the_group_of_each_are_checked_together() -> None:
    array, groups = check_scores([[0.1, 0.2]], ["text", "table"])
    assert (array.dtype, array.shape, groups.tolist()) == (np.float32, (1, 2), ["text", "table"])
    with pytest.raises(VectorError, match="each of the 2 items; got 3"):
        check_scores([[0.1, 0.2]], ["text"] * 3)


@pytest.mark.parametrize("name", ["per_query_z", "dbsf", "rrf", "raw"])
def test_scores_that_are_not_finite_are_refused(name: str) -> None:
    with pytest.raises(VectorError, match="not finite"):
        method_by_name(name).transform([0.1, np.nan], ["text", "image"])


@pytest.mark.parametrize("scores", ["high", [[0.1], [0.1, 0.2]], 0.1])
def test_what_is_not_a_table_of_scores_is_refused(scores) -> None:
    with pytest.raises(VectorError, match=r"not numbers in rows|each of the 1 items; got 2"):
        method_by_name("raw").transform(scores, ["text", "image"])
