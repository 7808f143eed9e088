"""The base of live engines: rows for ids, exclusions that ask for more, samples, and an index that serves no group."""

from __future__ import annotations

import numpy as np
import pytest

from modgap.engines.advice import Advice
from modgap.engines.engine_url import parse_engine_url
from modgap.engines.live import LiveEngine
from modgap.engines.stored import Stored
from modgap.errors import EngineError
from tests.engines.live_laws import stored


class InMemory(LiveEngine):
    """Items in a dictionary. lost: the share of each answer that an index of all groups would lose."""

    def __init__(self, items: list[Stored], *, sample: int = 2000, lost: float = 0.0) -> None:
        super().__init__(parse_engine_url("qdrant://h/items"), sample=sample)
        self.held = {each.id: each for each in items}
        self.lost = lost
        self.asked: list[int] = []

    @property
    def dimension(self) -> int:
        return 8

    def _count_groups(self):
        groups = [each.group for each in self.held.values()]
        return {group: groups.count(group) for group in groups}

    def _nearest(self, queries, k, group):
        self.asked.append(k)
        inside = [each for each in self.held.values() if each.group == group]
        lists = [sorted(((e.id, float(q @ e.vector)) for e in inside), key=lambda h: -h[1])[:k] for q in queries]
        return [hits[: round(len(hits) * (1 - self.lost))] for hits in lists]

    def _fetch(self, ids):
        return [self.held[name] for name in ids if name in self.held]

    def _draw(self, group, n):
        return [each for each in self.held.values() if each.group == group][:n]

    def create(self, dimension, model):
        """Nothing to make."""

    def write(self, items):
        self.held |= {each.id: each for each in items}

    def advice(self, queries, k=10):
        return Advice([])


@pytest.fixture
def items() -> list[Stored]:
    return stored(30)


def test_rows_are_given_in_the_order_in_which_ids_are_met(items) -> None:
    engine = InMemory(items)
    first = engine.top_k(items[7].vector[None, :], 1, "text")
    assert engine.ids[first.rows[0, 0]] == items[7].id
    assert first.rows[0, 0] == 0
    engine.know([items[3].id, "absent", items[7].id])
    assert engine.ids == [items[7].id, items[3].id]
    assert engine.groups_of(np.asarray([1])).tolist() == ["text"]


def test_more_is_asked_for_where_exclusions_leave_fewer(items) -> None:
    engine = InMemory(items)
    engine.drawn()
    ranges = np.asarray([[0, 10]])  # a document of ten passages
    found = engine.top_k(items[0].vector[None, :], 5, "text", exclude=ranges)
    assert np.isfinite(found.scores).all()
    assert found.rows.min() >= 10
    assert engine.asked == [15]


def test_a_group_that_is_excluded_whole_scores_minus_infinity(items) -> None:
    engine = InMemory(items)
    engine.drawn()
    found = engine.top_k(items[0].vector[None, :], 3, "text", exclude=np.asarray([[0, 30]]))
    assert np.isneginf(found.scores).all()


def test_an_index_that_serves_no_group_is_an_error_and_no_wrong_statistics(items) -> None:
    engine = InMemory(items, lost=0.8)
    with pytest.raises(EngineError, match=r'gave 2 of 10 items of the group "image".*modgap check URL'):
        engine.top_k(items[0].vector[None, :], 10, "image")


def test_an_approximate_index_may_miss_a_few(items) -> None:
    engine = InMemory(items, lost=0.05)
    found = engine.top_k(items[0].vector[None, :], 20, "image")
    assert np.isfinite(found.scores).sum() == 19


def test_a_sample_has_a_stated_error_that_repeated_samples_show() -> None:
    items = stored(400)
    engine = InMemory(items, sample=100)
    n, error = engine.sampling_errors()["text"]
    whole = np.stack([each.vector for each in items[:400]]).astype(np.float64)
    rng = np.random.default_rng(0)
    means = [whole[rng.permutation(400)[:100]].mean(axis=0) for _ in range(300)]
    seen = np.sqrt(np.mean([((mean - whole.mean(axis=0)) ** 2).sum() for mean in means]))
    assert n == 100
    assert error == pytest.approx(seen, rel=0.1)


def test_vectors_of_items_that_are_gone_say_so(items) -> None:
    engine = InMemory(items)
    engine.know([items[0].id])
    del engine.held[items[0].id]
    with pytest.raises(EngineError, match="no longer has the item"):
        engine.vectors_of(np.asarray([0]))


def test_a_push_that_was_stopped_goes_on(items) -> None:
    engine = InMemory(items[:20])
    assert engine.push(items) == len(items) - 20
    assert engine.push([]) == 0
    assert engine.count("image") == 30


def test_an_empty_engine_says_what_to_do() -> None:
    with pytest.raises(EngineError, match="is empty: push a corpus first"):
        _ = InMemory([]).groups


def test_a_field_with_too_many_values_is_no_group(items) -> None:
    many = [Stored(f"{n}", f"value {n}", items[0].vector) for n in range(60)]
    with pytest.raises(EngineError, match=r'"modality" in .* has more than 50 values .*group=NAME'):
        _ = InMemory(many).groups


def test_words_are_read_once_also_of_items_that_have_none(items) -> None:
    engine = InMemory(items)
    fetched: list[str] = []
    read = engine._fetch
    engine._fetch = lambda ids: fetched.extend(ids) or read(ids)
    rows = engine.top_k(items[0].vector[None, :], 5, "image").rows[0].tolist()
    engine.read_texts(rows)
    engine.read_texts(rows)
    assert len(fetched) == 5
