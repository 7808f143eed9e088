"""A visitor's corpus is their own, and is removed when it is not used."""

import time
import weakref
from typing import cast

import numpy as np
import pytest

from modgap.corpus import read_corpus
from modgap.errors import ModgapError
from modgap.search.collection import Collection
from modgap.ui.visit import session
from modgap.ui.visit.session import LoadedCorpus, PageQuery, Visit, Visits
from modgap.ui.visit.thumbnails import thumbnails

SOMETHING = cast(LoadedCorpus, "a corpus")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_each_session_has_a_visit_of_its_own():
    visits = Visits()

    visits.visit_for("a").other_method = "windmill"

    assert visits.visit_for("a").other_method == "windmill"
    assert visits.visit_for("b").other_method is None


def test_a_call_without_a_session_is_refused():
    with pytest.raises(ModgapError, match="browser"):
        Visits().visit_for(None)


def test_the_longest_unseen_corpus_goes_first():
    visits = Visits(max_corpora=2)
    for name in ("a", "b", "a", "c"):
        visits.visit_for(name).loaded = SOMETHING
    visits.sweep()

    assert visits.visit_for("b").loaded is None
    assert visits.visit_for("a").loaded is SOMETHING
    assert visits.visit_for("c").loaded is SOMETHING
    assert len(visits) == 3


def test_who_comes_without_a_corpus_takes_none_away(monkeypatch):
    monkeypatch.setattr(session, "MAX_EMPTY_VISITS", 3)
    visits = Visits(max_corpora=1)
    visits.visit_for("a").loaded = SOMETHING
    for stranger in range(10):
        visits.visit_for(f"stranger {stranger}")

    assert len(visits) == 4
    assert visits.visit_for("a").loaded is SOMETHING


def test_a_visit_is_removed_after_its_time():
    clock = Clock()
    visits = Visits(idle_seconds=10, clock=clock)
    visits.visit_for("a").other_method = "windmill"
    clock.now = 11

    visits.visit_for("b")

    assert len(visits) == 1
    assert visits.visit_for("a").other_method is None


def test_what_is_removed_is_gone_from_memory_with_its_thumbnails(toy_encoder, mixed_files):
    clock = Clock()
    visits = Visits(max_corpora=2, idle_seconds=10, clock=clock)

    def load(name):
        collection = Collection.encode(read_corpus(mixed_files), toy_encoder)
        visits.visit_for(name).loaded = loaded = LoadedCorpus(collection, thumbnails(collection.items))
        visits.sweep()
        return [weakref.ref(each) for each in (loaded, loaded.collection, loaded.collection.vectors)]

    idle = load("a")
    clock.now = 11
    visits.sweep()
    assert [each() for each in idle] == [None] * 3

    crowded = [load(name) for name in ("b", "c", "d")]
    assert [each() for each in crowded[0]] == [None] * 3
    assert all(each() is not None for each in crowded[2])


def test_a_quiet_server_removes_by_itself_and_the_thread_ends_with_its_store():
    clock = Clock()
    visits = Visits(idle_seconds=10, clock=clock)
    visits.visit_for("a").other_method = "windmill"
    clock.now = 11
    thread = visits.sweep_every(0.01)
    until = time.monotonic() + 5
    while len(visits) and time.monotonic() < until:
        time.sleep(0.01)
    assert len(visits) == 0

    del visits
    thread.join(5)
    assert not thread.is_alive()


def test_without_a_corpus_the_way_out_is_named():
    with pytest.raises(ModgapError, match="load the sample"):
        Visits().visit_for("a").require_loaded()


def test_an_overtaken_search_knows_that_it_is_not_the_last():
    visit = Visit()
    first, second = PageQuery("goldfish", "goldfish"), PageQuery("pyramid", "pyramid")

    with visit.asking(first) as is_last:
        assert is_last()
        with visit.asking(second) as second_is_last:
            assert second_is_last()
        assert not is_last()

    assert visit.asked is second


def test_a_click_that_arrives_after_a_later_one_is_not_answered():
    visit = Visit(asked=(later := PageQuery("pyramid", "pyramid", at=7)))

    with visit.asking(PageQuery("goldfish", "goldfish", at=6)) as is_last:
        assert not is_last()
    assert visit.asked is later

    with visit.asking(PageQuery("typed", "typed")) as is_last:
        assert is_last()


def test_a_search_that_fails_leaves_the_one_before():
    visit = Visit(asked=(before := PageQuery("goldfish", "goldfish")))

    with pytest.raises(ModgapError), visit.asking(PageQuery("", "")):
        raise ModgapError("nothing to search for")

    assert visit.asked is before


def test_what_was_measured_is_measured_anew_for_another_calibration():
    rng = np.random.default_rng(3)
    kinds = np.asarray(["text", "image"] * 20)
    collection = Collection.from_vectors([str(i) for i in range(40)], kinds, rng.normal(size=(40, 6)))
    visit, calls = Visit(loaded=LoadedCorpus(collection, {})), []

    def measure() -> int:
        calls.append(1)
        return len(calls)

    assert [visit.measured("gap", measure), visit.measured("gap", measure), visit.measured("other", measure)] == [
        1,
        1,
        2,
    ]
    collection.calibrate(rng.normal(size=(12, 6)))
    assert visit.measured("gap", measure) == 3
