"""HNSW: what it finds, the exact scores of it, what it answers exactly, and graphs on disk."""

from pathlib import Path

import numpy as np
import pytest

from modgap.engines import hnsw
from modgap.engines.exact import ExactEngine
from modgap.engines.hnsw import HnswEngine
from modgap.engines.recall import measure_recall
from modgap.errors import EngineError
from modgap.vectors import unit_vectors

N, D = 3000, 16


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hnsw, "SMALLEST", 100)
    monkeypatch.setattr(hnsw, "_BLOCK", 700)


@pytest.fixture(scope="module")
def space() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(queries, items, groups): three groups in alternation, one of them too small for a graph."""
    rng = np.random.default_rng(4)
    groups = np.asarray(["text", "image"])[np.arange(N) % 2].astype("<U8")
    groups[::100] = "licences"
    items = unit_vectors(rng.normal(size=(N, D)) + 2 * (groups == "image")[:, None])
    return unit_vectors(rng.normal(size=(50, D))), items, groups


@pytest.fixture
def engine(space) -> HnswEngine:
    return HnswEngine(space[1], space[2]).build()


def test_a_wide_walk_finds_the_exact_items_with_their_exact_scores(space, engine: HnswEngine) -> None:
    engine.width = 2000
    for group in ("text", "image", "licences"):
        found, exact = (each.top_k(space[0], 10, group) for each in (engine, ExactEngine(*space[1:])))
        assert np.array_equal(found.rows, exact.rows)
        assert found.scores == pytest.approx(exact.scores, abs=1e-6)


def test_a_narrow_walk_misses_items_and_what_it_finds_is_in_order(space, engine: HnswEngine) -> None:
    engine.width = 16
    found = engine.top_k(space[0], 10, "image")
    assert np.all(np.diff(found.scores, axis=1) <= 0)
    assert found.scores == pytest.approx(np.einsum("nd,nkd->nk", space[0], space[1][found.rows]), abs=1e-6)
    assert set(space[2][found.rows].ravel()) == {"image"}
    (text, image, licences) = measure_recall(engine, engine.exact(), space[0])
    assert 0.5 < image.mean <= 1
    assert (text.group, licences.mean) == ("text", 1.0)


def test_small_groups_have_no_graph(engine: HnswEngine) -> None:
    assert set(engine._graphs) == {"text", "image"}


def test_an_item_is_not_compared_with_itself(space, engine: HnswEngine) -> None:
    engine.width = 2000
    rows = np.asarray([1, 3, 5])
    found = engine.top_k(space[1][rows], 5, "image", exclude=rows)
    exact = ExactEngine(*space[1:]).top_k(space[1][rows], 5, "image", exclude=rows)
    assert np.array_equal(found.rows, exact.rows)
    assert not np.any(found.rows == rows[:, None])


@pytest.mark.parametrize(
    "asked", [{"keep_all": True}, {"exclude_same": True}, {"exclude": np.asarray([[0, 40], [-1, -1]])}]
)
def test_what_a_graph_cannot_answer_is_answered_exactly(space, engine: HnswEngine, asked: dict) -> None:
    engine.width = 1
    found, exact = (each.top_k(space[0][:2], 10, "image", **asked) for each in (engine, ExactEngine(*space[1:])))
    assert np.array_equal(found.rows, exact.rows)
    assert (found.all_scores is None) == (exact.all_scores is None)


def test_more_items_than_the_group_has_are_all_of_them(space, engine: HnswEngine) -> None:
    assert engine.top_k(space[0][:1], 10**6, "image").rows.shape == (1, engine.count("image"))


def test_moved_vectors_are_compared_exactly(space, engine: HnswEngine) -> None:
    moved = engine.moved(lambda items, groups: items + 1)
    assert type(moved) is ExactEngine
    assert type(engine.moved(lambda items, groups: items)) is ExactEngine


def test_graphs_come_back_from_disk(space, engine: HnswEngine, tmp_path: Path) -> None:
    assert [path.name for path in engine.save(tmp_path)] == ["group-0.hnsw", "group-1.hnsw"]
    opened = HnswEngine(*space[1:]).open_graphs(tmp_path)
    for group in engine.groups:
        found, again = (each.top_k(space[0], 10, group) for each in (engine, opened))
        assert np.array_equal(found.rows, again.rows)


@pytest.mark.parametrize("content", [b"", b"nothing", None])
def test_a_broken_or_missing_graph_is_named(space, engine: HnswEngine, tmp_path: Path, content: bytes | None) -> None:
    path = engine.save(tmp_path)[1]
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(EngineError, match=r"group-1\.hnsw cannot be read"):
        HnswEngine(*space[1:]).open_graphs(tmp_path)


def test_a_truncated_graph_is_named(space, engine: HnswEngine, tmp_path: Path) -> None:
    path = engine.save(tmp_path)[0]
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(EngineError, match=r"group-0\.hnsw cannot be read"):
        HnswEngine(*space[1:]).open_graphs(tmp_path)


def test_a_graph_of_other_vectors_is_refused(space, engine: HnswEngine, tmp_path: Path) -> None:
    engine.save(tmp_path)
    with pytest.raises(EngineError, match="is not the index of these vectors"):
        HnswEngine(space[1][:2000], space[2][:2000]).open_graphs(tmp_path)


def test_a_folder_that_cannot_be_written_is_named(engine: HnswEngine, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="cannot be written"):
        engine.save(tmp_path / "gone")


def test_long_lists_are_compared_exactly(space, engine: HnswEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_graphs", dict.fromkeys(engine._graphs))  # any use of a graph would fail
    found = engine.top_k(space[0][:2], hnsw.LARGEST_K + 1, "image")
    exact = ExactEngine(*space[1:]).top_k(space[0][:2], hnsw.LARGEST_K + 1, "image")
    assert np.array_equal(found.rows, exact.rows)


def test_a_walk_that_comes_up_short_is_answered_exactly(space, engine: HnswEngine) -> None:
    class Short:
        def search(self, queries, k, params):
            return np.zeros((len(queries), k), dtype=np.float32), np.full((len(queries), k), -1)

    engine._graphs["image"] = Short()
    found, exact = (each.top_k(space[0], 10, "image") for each in (engine, ExactEngine(*space[1:])))
    assert np.array_equal(found.rows, exact.rows)
