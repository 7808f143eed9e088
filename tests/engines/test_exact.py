"""The streaming pass against brute force, with blocks so small that every seam is met."""

import numpy as np
import pytest

from modgap.engines import exact as module
from modgap.engines.exact import pseudo_positives
from modgap.items import Modality
from modgap.vectors import unit_vectors


@pytest.fixture
def space() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    modality = np.where(np.arange(50) % 3 == 0, "image", "text")
    return unit_vectors(rng.normal(size=(13, 8))), unit_vectors(rng.normal(size=(50, 8))), modality


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    for processor in (module._Cpu, module._Torch):
        monkeypatch.setattr(processor, "query_block", 4)
        monkeypatch.setattr(processor, "item_block", 7)


def brute_force(queries, items, modality, kind, k):
    rows = np.flatnonzero(modality == kind)
    scores = queries @ items[rows].T
    order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(scores, order, 1), rows[order]


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("k", [1, 3])
def test_blocks_give_what_brute_force_gives(space, k: int) -> None:
    found = pseudo_positives(*space, k=k)
    for kind in Modality:
        scores, rows = brute_force(*space, kind.value, k)
        assert found[kind].rows.tolist() == rows.tolist()
        assert found[kind].scores == pytest.approx(scores, abs=1e-6)


@pytest.mark.usefixtures("small_blocks")
def test_equal_scores_give_the_lowest_row() -> None:
    items = np.tile(np.asarray([[1.0, 0.0]], dtype=np.float32), (40, 1))
    found = pseudo_positives(items[:9], items, np.asarray(["text", "image"] * 20), k=2)
    assert found[Modality.TEXT].rows.tolist() == [[0, 2]] * 9
    assert found[Modality.IMAGE].rows.tolist() == [[1, 3]] * 9


@pytest.mark.usefixtures("small_blocks")
def test_a_query_never_meets_its_source_nor_its_duplicates(space) -> None:
    _, items, modality = space
    items[30] = items[0]  # an exact duplicate of the first picture
    sources = np.asarray([0, 3, 1])
    found = pseudo_positives(items[sources], items, modality, exclude=sources)
    assert found[Modality.IMAGE].rows[0, 0] == 30
    assert found[Modality.IMAGE].rows[1, 0] != 3
    assert found[Modality.TEXT].rows[2, 0] != 1
    strict = pseudo_positives(items[sources], items, modality, exclude=sources, exclude_same=True)
    assert strict[Modality.IMAGE].rows[0, 0] not in (0, 30)


def test_a_query_with_nothing_to_meet_gets_minus_infinity() -> None:
    items = np.eye(3, dtype=np.float32)
    found = pseudo_positives(
        items[:1], items, np.asarray(["text", "image", "image"]), exclude=np.asarray([0], dtype=np.intp)
    )
    assert found[Modality.TEXT].scores.tolist() == [[-np.inf]]


def test_progress_reaches_its_end(space) -> None:
    seen = []
    pseudo_positives(*space, progress=lambda stage, done, total: seen.append((stage, done, total)))
    assert seen[-1] == ("Pairing queries with items", 50, 50)


@pytest.fixture(params=["cpu:0", pytest.param("cuda", marks=pytest.mark.gpu)])
def device(request: pytest.FixtureRequest) -> str:
    """The code that runs on CUDA, there and on PyTorch's own CPU device."""
    torch = pytest.importorskip("torch")
    if request.param == "cuda" and not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    return request.param


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("k", [1, 3])
def test_torch_gives_the_same_pairs_as_numpy(space, k: int, device: str) -> None:
    """Same rows, ties, exclusions and duplicates included."""
    queries, items, modality = space
    items[9] = items[3]
    queries[5] = items[12]
    exclude = np.asarray([0, 3, 6, *[-1] * 10], dtype=np.intp)
    expected = pseudo_positives(queries, items, modality, k=k, exclude=exclude, exclude_same=True)
    found = pseudo_positives(queries, items, modality, k=k, exclude=exclude, exclude_same=True, device=device)
    for kind in Modality:
        assert found[kind].rows.tolist() == expected[kind].rows.tolist()
        assert found[kind].scores == pytest.approx(expected[kind].scores, abs=1e-6)


def test_torch_gives_the_lowest_of_equal_rows(device: str) -> None:
    items = np.tile(np.asarray([[0.0, 1.0]], dtype=np.float32), (5000, 1))
    items[:70] = [1.0, 0.0]
    found = pseudo_positives(items[-300:], items, np.asarray(["text", "image"] * 2500), k=2, device=device)
    assert found[Modality.TEXT].rows.tolist() == [[70, 72]] * 300
    assert found[Modality.IMAGE].rows.tolist() == [[71, 73]] * 300


@pytest.mark.gpu
def test_cuda_pairs_a_large_space_as_the_cpu_does(device: str) -> None:
    rng = np.random.default_rng(1)
    items, queries = unit_vectors(rng.normal(size=(150_000, 64))), unit_vectors(rng.normal(size=(5000, 64)))
    modality = np.where(rng.random(150_000) < 0.3, "image", "text")
    expected, found = (pseudo_positives(queries, items, modality, device=d) for d in ("cpu", device))
    for kind in Modality:
        differ = found[kind].rows != expected[kind].rows
        assert found[kind].scores == pytest.approx(expected[kind].scores, abs=1e-6)
        assert differ.mean() < 0.001  # near-ties only: their scores agree, as the line above has shown


def test_a_float64_pass_differs_by_less_than_a_millionth(space) -> None:
    queries, items, modality = space
    found = pseudo_positives(queries, items, modality)
    for kind in Modality:
        rows = np.flatnonzero(modality == kind.value)
        exact = (queries.astype(np.float64) @ items[rows].astype(np.float64).T).max(axis=1)
        assert np.abs(found[kind].scores[:, 0] - exact).max() < 1e-6


def test_permuted_items_and_queries_give_the_same_scores(space) -> None:
    queries, items, modality = space
    order, asked = np.random.default_rng(2).permutation(50), np.random.default_rng(3).permutation(13)
    expected = pseudo_positives(queries, items, modality, k=2)
    found = pseudo_positives(queries[asked], items[order], modality[order], k=2)
    for kind in Modality:
        assert order[found[kind].rows].tolist() == expected[kind].rows[asked].tolist()
        assert found[kind].scores == pytest.approx(expected[kind].scores[asked], abs=1e-6)


def test_a_query_does_not_meet_the_document_that_it_is_from() -> None:
    items = np.eye(6, dtype=np.float32)
    queries = items[[1, 4]]
    documents = np.asarray([[0, 3], [0, 0]])  # rows 0 to 2 are one document; the second query is from none
    kinds = np.asarray(["text"] * 6)
    found = pseudo_positives(queries, items, kinds, k=4, exclude=documents)[Modality.TEXT]
    assert sorted(found.rows[0, :3].tolist()) == [3, 4, 5]
    assert found.scores[0, 3] == -np.inf
    assert found.rows[1, 0] == 4
