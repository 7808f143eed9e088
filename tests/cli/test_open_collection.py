"""Opening the corpus of a command."""

from pathlib import Path

import pytest

import modgap
from modgap.cli.open_collection import encode_corpus, load_weights, open_collection
from modgap.errors import ModgapError


@pytest.fixture(autouse=True)
def _no_model_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    def load_encoder(name: str | None) -> None:
        raise AssertionError(f"the model {name} was loaded for vectors")

    monkeypatch.setattr(modgap, "load_encoder", load_encoder)


def test_the_corpus_is_reported_after_the_work_on_it(vectors: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_collection(str(vectors / "corpus.npz"), model="nosuch", no_cache=True) as (collection, progress):
        progress("Working", 1, 2)
        assert collection.counts == {"text": 12, "image": 12}
        assert capsys.readouterr().err == ""
    assert capsys.readouterr().err == "12 pictures and 12 passages, as precomputed vectors.\n"


def test_after_an_error_in_the_work_the_corpus_is_not_reported(
    vectors: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ModgapError, match="failed"):
        with open_collection(str(vectors / "corpus.npz"), model=None, no_cache=False):
            raise ModgapError("failed")
    assert capsys.readouterr().err == ""


def test_weights_must_be_a_file_of_weights(vectors: Path) -> None:
    assert load_weights(None) is None
    with pytest.raises(ModgapError, match=r"qrels\.tsv"):
        load_weights(vectors / "qrels.tsv")


def test_normalisers_reach_the_collection(vectors: Path) -> None:
    class Weights:
        def require(self, *, model: str, dimension: int) -> None:
            assert (model, dimension) == ("vectors", 16)

    weights = Weights()
    corpus = modgap.read_corpus(vectors / "corpus.npz")
    collection = encode_corpus(corpus, None, None, lambda stage, done, total: None, weights)
    assert collection.normalisers is weights
