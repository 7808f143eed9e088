"""The exact engine against brute force, with blocks so small that every seam is crossed."""

import numpy as np
import pytest

from modgap.engines.base import TopK, top_k_by_group
from modgap.engines.exact import ExactEngine
from modgap.engines.processors import Cpu, Torch
from modgap.errors import EngineError
from modgap.vectors import unit_vectors


@pytest.fixture
def space() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    modality = np.where(np.arange(50) % 3 == 0, "image", "text")
    return unit_vectors(rng.normal(size=(13, 8))), unit_vectors(rng.normal(size=(50, 8))), modality


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    for processor in (Cpu, Torch):
        monkeypatch.setattr(processor, "query_block", 4)
        monkeypatch.setattr(processor, "item_block", 7)


def search(queries, items, groups, *, k: int = 1, device: str | None = None, **options) -> dict[str, TopK]:
    """The k best of each group."""
    return top_k_by_group(ExactEngine(items, groups, device=device), queries, k, **options)


def brute_force(queries, items, modality, kind, k):
    rows = np.flatnonzero(modality == kind)
    scores = queries @ items[rows].T
    order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(scores, order, 1), rows[order]


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("k", [1, 3])
def test_blocks_give_what_brute_force_gives(space, k: int) -> None:
    found = search(*space, k=k)
    for kind in ("text", "image"):
        scores, rows = brute_force(*space, kind, k)
        assert found[kind].rows.tolist() == rows.tolist()
        assert found[kind].scores == pytest.approx(scores, abs=1e-6)


@pytest.mark.usefixtures("small_blocks")
def test_equal_scores_give_the_lowest_row() -> None:
    items = np.tile(np.asarray([[1.0, 0.0]], dtype=np.float32), (40, 1))
    found = search(items[:9], items, np.asarray(["text", "image"] * 20), k=2)
    assert found["text"].rows.tolist() == [[0, 2]] * 9
    assert found["image"].rows.tolist() == [[1, 3]] * 9


@pytest.mark.usefixtures("small_blocks")
def test_a_query_finds_neither_its_source_nor_its_duplicates(space) -> None:
    _, items, modality = space
    items[30] = items[0]  # an exact duplicate of the first picture
    sources = np.asarray([0, 3, 1])
    found = search(items[sources], items, modality, exclude=sources)
    assert found["image"].rows[0, 0] == 30
    assert found["image"].rows[1, 0] != 3
    assert found["text"].rows[2, 0] != 1
    strict = search(items[sources], items, modality, exclude=sources, exclude_same=True)
    assert strict["image"].rows[0, 0] not in (0, 30)


def test_a_query_that_is_allowed_no_item_gets_minus_infinity() -> None:
    items = np.eye(3, dtype=np.float32)
    found = search(items[:1], items, np.asarray(["text", "image", "image"]), exclude=np.asarray([0], dtype=np.intp))
    assert found["text"].scores.tolist() == [[-np.inf]]


def test_progress_reaches_its_end(space) -> None:
    seen = []
    search(*space, progress=lambda stage, done, total: seen.append((stage, done, total)))
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
    expected = search(queries, items, modality, k=k, exclude=exclude, exclude_same=True)
    found = search(queries, items, modality, k=k, exclude=exclude, exclude_same=True, device=device)
    for kind in ("text", "image"):
        assert found[kind].rows.tolist() == expected[kind].rows.tolist()
        assert found[kind].scores == pytest.approx(expected[kind].scores, abs=1e-6)


def test_torch_gives_the_lowest_of_equal_rows(device: str) -> None:
    items = np.tile(np.asarray([[0.0, 1.0]], dtype=np.float32), (5000, 1))
    items[:70] = [1.0, 0.0]
    found = search(items[-300:], items, np.asarray(["text", "image"] * 2500), k=2, device=device)
    assert found["text"].rows.tolist() == [[70, 72]] * 300
    assert found["image"].rows.tolist() == [[71, 73]] * 300


@pytest.mark.gpu
def test_cuda_pairs_a_large_space_as_the_cpu_does(device: str) -> None:
    rng = np.random.default_rng(1)
    items, queries = unit_vectors(rng.normal(size=(150_000, 64))), unit_vectors(rng.normal(size=(5000, 64)))
    modality = np.where(rng.random(150_000) < 0.3, "image", "text")
    expected, found = (search(queries, items, modality, device=d) for d in ("cpu", device))
    for kind in ("text", "image"):
        differ = found[kind].rows != expected[kind].rows
        assert found[kind].scores == pytest.approx(expected[kind].scores, abs=1e-6)
        assert differ.mean() < 0.001  # near-ties only: their scores agree, as the line above has shown


def test_a_float64_pass_differs_by_less_than_a_millionth(space) -> None:
    queries, items, modality = space
    found = search(queries, items, modality)
    for kind in ("text", "image"):
        rows = np.flatnonzero(modality == kind)
        exact = (queries.astype(np.float64) @ items[rows].astype(np.float64).T).max(axis=1)
        assert np.abs(found[kind].scores[:, 0] - exact).max() < 1e-6


def test_the_order_of_items_and_queries_does_not_matter(space) -> None:
    queries, items, modality = space
    order, asked = np.random.default_rng(2).permutation(50), np.random.default_rng(3).permutation(13)
    expected = search(queries, items, modality, k=2)
    found = search(queries[asked], items[order], modality[order], k=2)
    for kind in ("text", "image"):
        assert order[found[kind].rows].tolist() == expected[kind].rows[asked].tolist()
        assert found[kind].scores == pytest.approx(expected[kind].scores[asked], abs=1e-6)


def test_a_query_is_not_compared_with_the_document_that_it_is_from() -> None:
    items = np.eye(6, dtype=np.float32)
    queries = items[[1, 4]]
    documents = np.asarray([[0, 3], [0, 0]])  # rows 0 to 2 are one document; the second query is from none
    kinds = np.asarray(["text"] * 6)
    found = search(queries, items, kinds, k=4, exclude=documents)["text"]
    assert sorted(found.rows[0, :3].tolist()) == [3, 4, 5]
    assert found.scores[0, 3] == -np.inf
    assert found.rows[1, 0] == 4


# --- groups, vectors and what moves them ------------------------------------------------------------------------

GROUPS = np.asarray(["table", "image", "text", "table", "image"])
VECTORS = np.asarray([[1, 0], [0, 1], [0.6, 0.8], [0.8, 0.6], [0.5, 0]], dtype=np.float32)


def test_groups_stand_in_the_order_of_reports_with_their_counts() -> None:
    engine = ExactEngine(VECTORS, GROUPS)
    assert engine.groups == ("text", "image", "table")
    assert [engine.count(group) for group in (*engine.groups, "absent")] == [1, 2, 2, 0]
    assert engine.dimension == 2
    assert engine.group_modality == {"text": "text", "image": "image", "table": "text"}
    scans = ExactEngine(VECTORS, GROUPS, group_modality={"table": "image"})
    assert scans.group_modality["table"] == "image"


def test_rows_count_in_the_whole_corpus_and_a_small_group_gives_all_it_has() -> None:
    found = ExactEngine(VECTORS, GROUPS).top_k(np.asarray([[0, 1]], dtype=np.float32), 9, "table")
    assert found.rows.tolist() == [[3, 0]]
    assert found.scores == pytest.approx(np.asarray([[0.6, 0.0]]))
    assert (found.all_scores, found.all_rows) == (None, None)


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("exclude", [None, np.asarray([9, -1, 3, *[-1] * 10])])
def test_the_score_of_every_item_is_returned_where_it_is_asked_for(space, exclude) -> None:
    queries, items, groups = space
    for group in ("text", "image"):
        found = ExactEngine(items, groups).top_k(queries, 2, group, exclude=exclude, keep_all=True)
        rows = np.flatnonzero(groups == group)
        expected = queries @ items[rows].T
        if exclude is not None:
            expected[exclude[:, None] == rows] = -np.inf
        assert found.all_rows.tolist() == rows.tolist()
        assert found.all_scores == pytest.approx(expected, abs=1e-6)


def test_a_group_that_is_absent_is_named_with_those_that_are_there() -> None:
    engine = ExactEngine(VECTORS, GROUPS)
    for ask in (lambda: engine.top_k(VECTORS, 1, "maps"), lambda: engine.mean("maps")):
        with pytest.raises(EngineError, match=r'no group "maps" in this corpus\. It has: text, image, table'):
            ask()


def test_vectors_groups_and_means_of_rows_by_hand() -> None:
    engine = ExactEngine(VECTORS, GROUPS)
    assert engine.vectors_of(np.asarray([4, 0])).tolist() == [[0.5, 0], [1, 0]]
    assert engine.groups_of(np.asarray([4, 0])).tolist() == ["image", "table"]
    assert engine.vectors_in("table") == pytest.approx(VECTORS[[0, 3]])
    assert engine.mean("table") == pytest.approx([0.9, 0.3])


@pytest.mark.usefixtures("small_blocks")
def test_few_and_many_queries_give_the_same_whether_a_group_stands_together_or_not() -> None:
    rng = np.random.default_rng(5)
    items, queries = unit_vectors(rng.normal(size=(60, 6))), unit_vectors(rng.normal(size=(70, 6)))
    mixed = np.asarray(["text", "image", "table"] * 20)
    order = np.argsort(mixed, kind="stable")
    for group in ("text", "image", "table"):
        scattered = ExactEngine(items, mixed)
        together = ExactEngine(items[order], mixed[order]).top_k(queries, 3, group)
        for n in (70, 2, 2):  # the second pass over few queries reads the vectors that the first has gathered
            found = scattered.top_k(queries[:n], 3, group)
            assert found.rows.tolist() == order[together.rows[:n]].tolist()
            assert found.scores == pytest.approx(together.scores[:n], abs=1e-6)


def test_moved_vectors_make_an_engine_of_the_same_kind_and_unmoved_ones_none() -> None:
    engine = ExactEngine(VECTORS, GROUPS, group_modality={"table": "image"})
    moved = engine.moved(lambda vectors, groups: np.where((groups == "table")[:, None], -vectors, vectors))
    assert moved.vectors_in("table") == pytest.approx(-VECTORS[[0, 3]])
    assert moved.vectors_in("text") == pytest.approx(VECTORS[[2]])
    assert moved.group_modality == engine.group_modality
    assert engine.vectors_in("table") == pytest.approx(VECTORS[[0, 3]])
    assert engine.moved(lambda vectors, groups: vectors) is engine
