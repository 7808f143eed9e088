"""The sample corpus: credited, and kept for each model."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from modgap.search.collection import Collection
from modgap.ui.visit.model import OFFERED, Models, SharedEncoder
from modgap.ui.visit.sample import EXAMPLES, KeptSample, photo_credits, sample_corpus
from modgap.ui.visit.session import LoadedCorpus


def test_every_photograph_of_the_sample_is_credited():
    pictures = {item.path.name for item in sample_corpus().items if item.path}

    assert pictures == {row["file"] for row in photo_credits()}
    assert len(set(EXAMPLES)) == len(EXAMPLES)


def toy_models(toy_class, others=OFFERED):
    loads: list[str] = []

    def load(name: str):
        loads.append(name)
        return toy_class()

    return Models(SharedEncoder(toy_class), others, load), loads


def test_the_sample_is_kept_for_each_model_by_itself(toy_class, toy_encoder):

    made: list[str] = []

    def load(model: str) -> LoadedCorpus:
        made.append(model)
        kinds = np.asarray(["text", "image"])
        return LoadedCorpus(Collection.from_vectors(["a", "b"], kinds, np.eye(2) + len(made)), {}, sample=True)

    sample = KeptSample()
    own, other = sample.load(lambda: load("")), sample.load(lambda: load("other"), "other")
    again = sample.load(lambda: load("other"), "other")

    assert made == ["", "other"]
    assert (own.model, other.model, again.model) == ("", "other", "other")
    assert again.collection is not other.collection
    assert np.array_equal(again.collection.vectors, other.collection.vectors)


def test_visitors_who_come_at_once_wait_for_one_encoding_and_one_calibration():
    made: list[str] = []

    def slowly(what: str) -> None:
        made.append(what)
        time.sleep(0.05)

    def load() -> LoadedCorpus:
        slowly("load")
        return LoadedCorpus(
            Collection.from_vectors(["a", "b", "c", "d"], ["text", "image"] * 2, np.eye(4)), {}, sample=True
        )

    sample = KeptSample()

    def visit() -> None:
        loaded = sample.load(load)

        def calibrate():
            slowly("calibrate")
            return loaded.collection.calibrate(np.eye(4)[:3] + 0.1)

        sample.calibrate(loaded, calibrate)
        assert loaded.collection.calibration is not None

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(visit) for _ in range(4)]:
            done.result()
    assert made == ["load", "calibrate"]


def test_a_model_that_takes_long_does_not_hold_up_another():
    sample, began, go_on = KeptSample(), threading.Event(), threading.Event()
    kinds = np.asarray(["text", "image"])

    def load(wait: bool) -> LoadedCorpus:
        began.set()
        assert not wait or go_on.wait(10)
        return LoadedCorpus(Collection.from_vectors(["a", "b"], kinds, np.eye(2)), {}, sample=True)

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(sample.load, lambda: load(True), "slow")
        assert began.wait(10)
        assert sample.load(lambda: load(False)).model == ""
        go_on.set()
        assert slow.result(10).model == "slow"
