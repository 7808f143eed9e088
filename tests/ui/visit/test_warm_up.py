"""The order in which a server gets ready: the sample, a visitor's answer, the model."""

from __future__ import annotations

import threading
import time

import numpy as np

from modgap.search.collection import Collection
from modgap.ui.visit import warm_up as module
from modgap.ui.visit.sample import KeptSample
from modgap.ui.visit.session import LoadedCorpus
from modgap.ui.visit.warm_up import warm_up


class Sleeper:
    """An encoder that says when it is woken."""

    def __init__(self, happened: list[str], woken: threading.Event, *, loaded: bool = False) -> None:
        self.happened, self.woken, self.loaded = happened, woken, loaded

    def get(self) -> Sleeper:
        return self

    def wake(self) -> None:
        self.happened.append("model")
        self.woken.set()


def prepared(happened: list[str]):
    def prepare(encoder, sample: KeptSample) -> None:
        happened.append("sample")

    return prepare


def test_the_model_waits_for_the_first_visitors_answer(monkeypatch):
    happened: list[str] = []
    woken, sample = threading.Event(), KeptSample()
    monkeypatch.setattr(module, "prepare_sample", prepared(happened))

    warm_up(Sleeper(happened, woken), sample, patience=30, answered=0.2)
    time.sleep(0.1)
    assert happened == ["sample"]
    begun = time.monotonic()
    corpus = LoadedCorpus(Collection.from_vectors(["a", "b"], ["text", "image"], np.eye(2)), {}, sample=True)
    sample.load(lambda: corpus, prepare=True)
    assert not sample.asked.is_set()
    sample.load(lambda: corpus)
    assert woken.wait(timeout=10)

    assert happened == ["sample", "model"]
    assert time.monotonic() - begun >= 0.2


def test_the_model_loads_when_nobody_comes(monkeypatch):
    happened: list[str] = []
    woken = threading.Event()
    monkeypatch.setattr(module, "prepare_sample", prepared(happened))

    warm_up(Sleeper(happened, woken), KeptSample(), patience=0.05, answered=30)

    assert woken.wait(timeout=10)


def test_on_zero_gpu_nothing_runs_that_no_visitor_asked_for(monkeypatch):
    happened: list[str] = []
    woken = threading.Event()
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    monkeypatch.setattr(module, "prepare_sample", prepared(happened))

    warm_up(Sleeper(happened, woken), KeptSample(), patience=0.05)

    assert woken.wait(timeout=10)
    assert happened == ["model"]


def test_a_model_that_has_to_load_first_anyway_does_not_encode_the_sample_for_nobody(monkeypatch):
    happened: list[str] = []
    woken = threading.Event()
    monkeypatch.setattr(module, "prepare_sample", prepared(happened))

    warm_up(Sleeper(happened, woken, loaded=True), KeptSample(), patience=30)

    assert woken.wait(timeout=10)
    assert happened == ["model"]


def test_a_model_that_cannot_load_ends_the_thread_and_is_logged(monkeypatch, caplog):
    def fail(encoder, sample) -> None:
        raise RuntimeError("no weights")

    monkeypatch.setattr(module, "prepare_sample", fail)

    thread = warm_up(Sleeper([], threading.Event()), KeptSample(), patience=0.05)
    thread.join(timeout=10)

    assert "no weights" in caplog.text


def test_the_sample_is_prepared_as_the_first_visitor_finds_it(toy_encoder):
    sample = KeptSample()

    class Shared:
        ready = True

        def get(self):
            return toy_encoder

    module.prepare_sample(Shared(), sample)

    loaded = sample.load(lambda: None)  # kept: nothing is loaded again
    assert loaded.sample
    assert sample.calibrate(loaded, lambda: None).statistics
