"""Processors on one block each: ties, masks, copies, and both ways to find the best."""

import numpy as np
import pytest

from modgap.engines.processors import Cpu, Torch, processor_for

QUERIES = np.asarray([[1, 0], [0, 1]], dtype=np.float32)
# cosines with the two queries: 1 0, .6 .8, .6 .8, 0 1
ITEMS = np.asarray([[1, 0], [0.6, 0.8], [0.6, 0.8], [0, 1]], dtype=np.float32)


@pytest.fixture(params=["cpu", "cpu:0", pytest.param("cuda", marks=pytest.mark.gpu)])
def processor(request: pytest.FixtureRequest) -> Cpu | Torch:
    if request.param != "cpu":
        torch = pytest.importorskip("torch")
        if request.param == "cuda" and not torch.cuda.is_available():
            pytest.skip("no CUDA device")
    return processor_for(request.param)


def top(processor, k: int, masked=None, exclude_same: bool = False, all_scores=None):
    with processor.exact():
        return processor.top(processor.hold(QUERIES), processor.hold(ITEMS), k, masked, exclude_same, all_scores)


def test_the_best_come_first_and_the_first_of_equals(processor) -> None:
    scores, places = top(processor, 3)
    assert places.tolist() == [[0, 1, 2], [3, 1, 2]]
    assert scores == pytest.approx(np.asarray([[1, 0.6, 0.6], [1, 0.8, 0.8]]))


def test_masked_pairs_and_copies_score_minus_infinity(processor) -> None:
    every = np.empty((2, 4), dtype=np.float32)
    scores, places = top(processor, 2, np.asarray([[0, 1], [1, 2]]), True, every)
    assert places.tolist() == [[2, 3], [1, 0]]
    assert scores == pytest.approx(np.asarray([[0.6, 0], [0.8, 0]]))
    assert np.isneginf(every).tolist() == [[True, True, False, False], [False, False, True, True]]
    assert every[0, 2] == pytest.approx(0.6)


def test_a_mask_of_nothing_masks_nothing(processor) -> None:
    assert top(processor, 1, np.empty((0, 2), dtype=np.intp))[1].tolist() == [[0], [3]]


def test_a_partial_sort_finds_what_repeated_scans_find() -> None:
    rng = np.random.default_rng(0)
    queries, items = rng.normal(size=(5, 8)).astype(np.float32), rng.normal(size=(90, 8)).astype(np.float32)
    items[40:60] = items[20]  # ties across the end of a list
    for k in (16, 17, 30, 90):  # up to 16 scans
        scores, places = Cpu().top(queries, items, k, None, False)
        expected = np.argsort(-(queries @ items.T), axis=1, kind="stable")[:, :k]
        assert places.tolist() == expected.tolist()
        assert scores.tolist() == np.take_along_axis(queries @ items.T, expected, axis=1).tolist()


def test_float32_products_are_asked_for_and_the_setting_comes_back() -> None:
    torch = pytest.importorskip("torch")
    before = torch.backends.cuda.matmul.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = True
    try:
        with Torch("cpu").exact():
            assert torch.backends.cuda.matmul.allow_tf32 is False
        assert torch.backends.cuda.matmul.allow_tf32 is True
    finally:
        torch.backends.cuda.matmul.allow_tf32 = before


def test_the_device_chooses_the_processor() -> None:
    assert isinstance(processor_for("cpu"), Cpu)
    assert isinstance(processor_for("cpu:0"), Torch)
