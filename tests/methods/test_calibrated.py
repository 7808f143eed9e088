"""Calibrated: by hand, against its formula in plain loops, and its laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modgap.errors import CalibrationError, NotFittedError
from modgap.methods import Calibrated, FittedState, SimilarityStandardizer

seeds = st.integers(0, 2**32 - 1)
MEAN, STD = {"text": 0.8, "image": 0.2}, {"text": 0.1, "image": 0.05}


def test_by_hand() -> None:
    groups = ["text", "image", "text", "image", "image"]
    scores = [0.9, 0.3, 0.5, 0.2, 0.1]
    # text: rest of the list 0.5, offset (0.5 + 0.8) / 2 = 0.65; image: rest (0.2 + 0.1) / 2 = 0.15, offset 0.175
    found = Calibrated.from_statistics(MEAN, STD).transform(scores, groups)
    assert found == pytest.approx([2.5, 2.5, -1.5, 0.5, -1.5], abs=1e-5)


@given(seeds, st.integers(2, 6), st.sampled_from([0.0, 0.25, 0.5, 1.0]))
def test_it_is_its_formula_in_plain_loops(seed: int, depth: int, own_share: float) -> None:
    rng = np.random.default_rng(seed)
    groups = np.asarray(["text", "image", "sound"] * 4 + ["text"] * 70)
    queries, items = rng.normal(size=(3, 6)), rng.normal(size=(82, 6))
    fitted = Calibrated(depth=depth, own_share=own_share).fit(queries, items, groups)
    scores = rng.normal(size=(3, 82)).astype(np.float32)
    length = {"text": 5, "image": 2, "sound": 2}  # the best, and 5 % of 74, 4 and 4 items
    found = fitted.transform(scores, groups)
    for query in range(3):
        for item in range(82):
            group = groups[item]
            ranked = sorted(scores[query, groups == group].tolist(), reverse=True)[1 : min(depth, length[group])]
            offset = own_share * sum(ranked) / len(ranked) + (1 - own_share) * fitted.mean_[group]
            expected = (scores[query, item] - offset) / fitted.std_[group]
            assert found[query, item] == pytest.approx(expected, rel=1e-4, abs=1e-4)


@given(seeds)
def test_items_below_the_list_change_nothing_and_may_be_left_out(seed: int) -> None:
    """A search gives it the best of each group only."""
    scores = np.random.default_rng(seed).normal(size=40).astype(np.float32)
    groups = np.asarray(["text", "image"] * 20)
    method = Calibrated.from_statistics(MEAN, STD)
    whole = method.transform(scores, groups)
    kept = np.concatenate([np.flatnonzero(groups == g)[np.argsort(-scores[groups == g])[:10]] for g in MEAN])
    assert method.transform(scores[kept], groups[kept]) == pytest.approx(whole[kept], rel=1e-4, abs=1e-5)


@given(seeds, st.floats(0.1, 10), st.floats(-1, 1))
def test_it_is_blind_to_an_affine_change_of_one_group(seed: int, a: float, b: float) -> None:
    scores = np.random.default_rng(seed).normal(size=(4, 12))
    groups = np.asarray(["text", "image"] * 6)
    best = {group: scores[:, groups == group].max(axis=1) for group in MEAN}
    changed = np.where(groups == "image", a * scores + b, scores)
    after = {group: changed[:, groups == group].max(axis=1) for group in MEAN}
    one, two = Calibrated().fit_scores(best), Calibrated().fit_scores(after)
    assert two.transform(changed, groups) == pytest.approx(one.transform(scores, groups), rel=1e-2, abs=1e-2)


def test_without_a_list_it_is_standardization() -> None:
    standardized = SimilarityStandardizer.from_statistics(MEAN, STD)
    one_each = [0.7, 0.3], ["text", "image"]
    assert Calibrated.from_statistics(MEAN, STD).transform(*one_each) == pytest.approx(
        standardized.transform(*one_each)
    )
    no_share = Calibrated(own_share=0)
    no_share.mean_, no_share.std_ = MEAN, STD
    four = [0.7, 0.3, 0.6, 0.1], ["text", "image"] * 2
    assert no_share.transform(*four) == pytest.approx(standardized.transform(*four))


def test_a_file_brings_it_back() -> None:
    low_high = dict.fromkeys(MEAN, 0.0)
    counts = {"text": 60, "image": 2}
    state = FittedState("text", counts, {g: g for g in MEAN}, MEAN, STD, low_high, low_high)
    method = Calibrated()
    assert method.carried_by(state)
    method.restore(state)
    assert method.lengths_ == {"text": 4, "image": 2}
    three_each = [0.7, 0.3, 0.6, 0.1, 0.1, 0.0], ["text", "image"] * 3
    expected = Calibrated.from_statistics(MEAN, STD, counts).transform(*three_each)
    assert method.transform(*three_each).tolist() == expected.tolist()


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(NotFittedError, match="fit"):
        Calibrated().transform([0.1], ["text"])
    with pytest.raises(CalibrationError, match='"sound"'):
        Calibrated.from_statistics(MEAN, STD).transform([0.1], ["sound"])
    with pytest.raises(CalibrationError, match="at least 2"):
        Calibrated(depth=1)
    with pytest.raises(CalibrationError, match="share"):
        Calibrated(own_share=1.5)
