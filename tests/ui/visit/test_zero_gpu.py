"""Work that a Space with ZeroGPU runs in a fork."""

from __future__ import annotations

import pickle
import sys
from types import ModuleType

import pytest

from modgap.corpus import Corpus, SafeDecoder, read_corpus
from modgap.errors import CalibrationError
from modgap.progress import silent
from modgap.search.collection import Collection
from modgap.ui.visit import zero_gpu


def test_off_zero_gpu_the_mark_changes_nothing(monkeypatch):
    monkeypatch.delenv("SPACES_ZERO_GPU", raising=False)

    def work():
        return 1

    assert zero_gpu.lend_gpu(lambda: 60)(work) is work


@pytest.fixture
def zero_gpu_space(monkeypatch, toy_encoder):
    """A Space that lends a GPU: what goes into a fork and comes out of it is pickled, and it loads its own model."""
    asked_for = []

    def load(name, device):
        asked_for.append((name, device))
        return toy_encoder

    def forked(work):
        return lambda *arguments: pickle.loads(pickle.dumps(work(*pickle.loads(pickle.dumps(arguments)))))

    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    monkeypatch.setattr(zero_gpu, "load_encoder", load)
    for name in ("_encode_in_fork", "_calibrate_in_fork"):
        monkeypatch.setattr(zero_gpu, name, forked(getattr(zero_gpu, name)))
    return asked_for


def test_on_zero_gpu_the_fork_encodes_and_the_visitor_keeps_the_cpu_encoder(zero_gpu_space, toy_encoder, mixed_files):
    with SafeDecoder() as decoder:
        collection = zero_gpu.encode_corpus(read_corpus(mixed_files), toy_encoder, silent, decoder.open_picture)

    assert zero_gpu_space == [("toy", "cuda")]
    assert collection.encoder is toy_encoder
    assert collection.counts == {"text": 3, "image": 3}


def test_on_zero_gpu_the_fork_calibrates_and_the_visitor_searches_by_it(zero_gpu_space, toy_encoder, mixed_files):
    collection = Collection.encode(read_corpus(mixed_files), toy_encoder)
    here = Collection.encode(read_corpus(mixed_files), toy_encoder).calibrate(["red", "a harbour", "bread"])

    learnt = zero_gpu.calibrate_collection(collection, ["red", "a harbour", "bread"], silent)

    assert zero_gpu_space == [("toy", "cuda")]
    assert learnt.statistics == here.statistics
    assert collection.calibration is learnt
    assert collection.search("bread", 2, method="nnn"), "methods that learn find the queries, too"


def test_on_zero_gpu_an_error_comes_back_as_its_sentence(zero_gpu_space, toy_encoder, mixed_files):
    collection = Collection.encode(read_corpus(mixed_files[:3]), toy_encoder)

    with pytest.raises(CalibrationError, match="no passages"):
        zero_gpu.calibrate_collection(collection, None, silent)


def test_on_zero_gpu_the_marked_functions_ask_for_as_long_as_the_work_takes(monkeypatch, toy_encoder, mixed_files):
    asked = []
    spaces = ModuleType("spaces")
    spaces.GPU = lambda duration: asked.append(duration) or (lambda work: work)
    monkeypatch.setitem(sys.modules, "spaces", spaces)
    monkeypatch.setenv("SPACES_ZERO_GPU", "1")

    zero_gpu.lend_gpu(zero_gpu.seconds_for)(lambda: None)

    assert asked == [zero_gpu.seconds_for]
    collection = Collection.encode(read_corpus(mixed_files), toy_encoder)
    assert zero_gpu.seconds_for(Corpus(collection.items * 1000), None, "toy") == 20 + 6000 // 50
    assert zero_gpu.seconds_to_calibrate(collection.items, collection.vectors, "toy", ["a"] * 500) == 20 + 10
