"""Merging query sets: parts equal the whole, whatever the groups, and what is of another origin is refused."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modgap.calibration.artefact import Calibration
from modgap.calibration.merge import QuerySource, add_queries, distinct_sources, merge_statistics
from modgap.errors import CalibrationError
from tests.calibration.made_calibrations import made_of, without_scores

cosines = st.floats(-1, 1, width=32).filter(lambda x: abs(x) > 1e-3)
parts = st.lists(st.lists(st.tuples(cosines, cosines, cosines), min_size=2, max_size=20), min_size=1, max_size=4)


def pairs_differ(pairs: list[tuple[float, ...]]) -> bool:
    return all(np.std(column) > 1e-3 for column in np.asarray(pairs, dtype=np.float32).T)


def by_group(rows: list[tuple[float, ...]]) -> dict[str, np.ndarray]:
    """Scores of each query with three groups, as columns."""
    return dict(zip(("text", "image", "table"), np.asarray(rows).T, strict=True))


@settings(deadline=None, max_examples=30)
@given(parts.filter(lambda ps: all(pairs_differ(p) for p in ps)), st.sampled_from([0, 1]), st.booleans())
def test_merged_parts_equal_the_whole(ps: list[list[tuple[float, ...]]], ddof: int, carried: bool) -> None:
    made = [made_of(**by_group(p), ddof=ddof) for p in ps]
    whole = made_of(**by_group([row for p in ps for row in p]), ddof=ddof)
    merged = Calibration.merge(*(made if carried else [without_scores(part) for part in made]))
    assert merged.queries["text"].count == whole.queries["text"].count
    for item in ("text", "image", "table"):
        got, wanted = merged.statistics["text"][item], whole.statistics["text"][item]
        assert got.n == wanted.n
        assert got.mean == pytest.approx(wanted.mean, rel=0, abs=1e-12)
        assert got.std == pytest.approx(wanted.std, rel=0, abs=1e-12)
        if carried:
            assert got == wanted
        assert (got.quantiles[0], got.quantiles[-1]) == (wanted.quantiles[0], wanted.quantiles[-1])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"model": "other"}, "differ in model"),
        ({"dimension": 4}, "differ in dimension"),
        ({"fingerprint": "f" * 16}, "differ in corpus fingerprint"),
        ({"parameters": {"k": 2, "ddof": 0}}, "differ in parameters"),
        ({"fit_threshold": 0.1}, "differ in fit threshold"),
        ({"counts": {"text": 2, "image": 3}}, "differ in counts"),
        ({"group_modality": {"image": "text"}}, "differ in group modality"),
    ],
)
def test_parts_of_different_origin_are_refused(changed: dict, message: str) -> None:
    one = made_of(text=[0.1, 0.2], image=[0.3, 0.4])
    other = replace(one, **changed)
    with pytest.raises(CalibrationError, match=message):
        Calibration.merge(one, other)


def test_nothing_cannot_be_merged() -> None:
    with pytest.raises(CalibrationError, match="nothing to merge"):
        Calibration.merge()


def test_automatic_queries_of_several_parts_count_once() -> None:
    automatic = made_of(text=[0.1, 0.2], image=[0.3, 0.4], kind="automatic")
    merged = Calibration.merge(automatic, made_of(text=[0.5, 0.6], image=[0.7, 0.8]), automatic)
    assert merged.statistics["text"]["text"].scores == (0.1, 0.2, 0.5, 0.6)
    assert (merged.queries["text"].kind, merged.queries["text"].count) == ("automatic and given", 4)
    assert merged.queries["text"].description == "written for a test"


def test_an_update_equals_the_whole_even_by_one_query() -> None:
    before = made_of(text=[0.1, 0.2, 0.4], image=[0.3, 0.4, 0.5])
    after = before.update({"text": [0.6], "image": [0.1]})
    whole = made_of(text=[0.1, 0.2, 0.4, 0.6], image=[0.3, 0.4, 0.5, 0.1])
    assert after.statistics == whole.statistics
    assert (after.queries["text"].count, before.queries["text"].count) == (4, 3)


def test_an_update_brings_statistics_for_queries_of_another_modality() -> None:
    after = made_of(text=[0.1, 0.2], image=[0.3, 0.4]).update(
        {"text": [0.5, 0.6], "image": [0.7, 0.9]}, query_modality="image"
    )
    assert after.statistics_for("image")["image"].mean == pytest.approx(0.8)
    assert after.queries["image"].count == 2


def test_updates_that_cannot_be_learnt_say_why() -> None:
    calibration = made_of(text=[0.1, 0.2], image=[0.3, 0.4])
    with pytest.raises(CalibrationError, match="have no image scores"):
        calibration.update({"text": [0.1]})
    with pytest.raises(CalibrationError, match="Only 1 query"):
        without_scores(calibration).update({"text": [0.1], "image": [0.2]})


def test_an_update_needs_the_scores_of_every_group() -> None:
    three = made_of(text=[0.1, 0.2], image=[0.3, 0.4], table=[0.5, 0.7])
    with pytest.raises(CalibrationError, match="have no table scores: give the best score of each group"):
        three.update({"text": [0.1], "image": [0.1]})
    after = three.update({"text": [0.3], "image": [0.5], "table": [0.6], "maps": [0.9]})
    assert after.statistics == made_of(text=[0.1, 0.2, 0.3], image=[0.3, 0.4, 0.5], table=[0.5, 0.7, 0.6]).statistics


def test_sources_of_queries_name_each_kind_and_each_description_once() -> None:
    given_, automatic = QuerySource("given", 3, "mine"), QuerySource("automatic", 5, "the bank")
    merged = QuerySource.merge([automatic, given_, QuerySource.merge([given_, automatic])])
    assert merged == QuerySource("automatic and given", 16, "the bank; mine")


def test_of_several_automatic_sources_the_first_counts() -> None:
    given_, automatic = QuerySource("given", 3, ""), QuerySource("automatic", 5, "")
    assert distinct_sources([given_, automatic, given_, automatic]) == [0, 1, 2]
    assert distinct_sources([QuerySource("automatic and given", 8, "")] * 2) == [0, 1]
    assert distinct_sources([]) == []


def test_statistics_are_merged_and_added_to_by_group() -> None:
    first, second = made_of(text=[0.1, 0.2], maps=[0.5, 0.7]), made_of(text=[0.4, 0.8], maps=[0.9, 0.3])
    whole = made_of(text=[0.1, 0.2, 0.4, 0.8], maps=[0.5, 0.7, 0.9, 0.3]).statistics["text"]
    old = first.statistics["text"]
    assert merge_statistics([old, second.statistics["text"]], ddof=0) == whole
    new = {"maps": [0.9, 0.3], "text": [0.4, 0.8]}
    assert add_queries(old, new, ["text", "maps"], ddof=0) == whole
    assert add_queries({}, new, ["text", "maps"], ddof=0) == second.statistics["text"]
