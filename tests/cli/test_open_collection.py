"""Opening the corpus of a command."""

from pathlib import Path

import numpy as np
import pytest
import typer

import modgap
from modgap.cli.open_collection import encode_corpus, load_weights, open_collection
from modgap.errors import ModgapError


@pytest.fixture(autouse=True)
def _no_model_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    def load_encoder(name: str | None) -> None:
        raise AssertionError(f"the model {name} was loaded for vectors")

    monkeypatch.setattr(modgap, "load_encoder", load_encoder)


def test_the_corpus_is_reported_after_the_work_on_it(vectors: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_collection(str(vectors / "corpus.npz"), model=None, no_cache=True) as (collection, progress):
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


class Loaded:
    """An encoder whose vectors are as wide as those of the corpus, or not."""

    def __init__(self, name: str, dimension: int) -> None:
        self.name, self.dimension, self.cache = name, dimension, None

    def with_cache(self, cache: object) -> "Loaded":
        return self


def save_vectors(path: Path, **arrays: object) -> Path:
    vectors = np.random.default_rng(0).normal(size=(4, 16))
    np.savez(path, ids=list("abcd"), modality=["text", "image"] * 2, vectors=vectors, **arrays)
    return path


def open_with(path: Path, **options: object) -> modgap.Collection:
    with open_collection(str(path), **{"model": None, "no_cache": True, **options}) as (collection, _):
        return collection


def test_vectors_take_the_model_that_made_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modgap, "load_encoder", lambda name, **_: Loaded(name, 16))
    collection = open_with(save_vectors(tmp_path / "v.npz"), model="A/b")
    assert (collection.encoder.name, collection.model) == ("A/b", "A/b")


def test_the_report_names_the_model_of_vectors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_collection(str(save_vectors(tmp_path / "v.npz", model="A/b")), model=None, no_cache=True):
        pass
    assert capsys.readouterr().err == "2 pictures and 2 passages, as precomputed vectors of A/b.\n"


def test_a_model_of_another_width_or_name_is_bad_usage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modgap, "load_encoder", lambda name, **_: Loaded(name, 512))
    with pytest.raises(typer.BadParameter, match='16 dimensions and the model "A/b" makes 512'):
        open_with(save_vectors(tmp_path / "v.npz"), model="A/b")
    monkeypatch.setattr(modgap, "load_encoder", lambda name, **_: Loaded(name, 16))
    with pytest.raises(typer.BadParameter, match='of the model "C/d", as their file says'):
        open_with(save_vectors(tmp_path / "v.npz", model="C/d"), model="A/b")


def test_vectors_are_named_by_their_file_or_by_an_option(tmp_path: Path) -> None:
    assert open_with(save_vectors(tmp_path / "v.npz", model="C/d")).model == "C/d"
    plain = save_vectors(tmp_path / "w.npz")
    assert open_with(plain).model == "vectors"
    named = open_with(plain, model_name="C/d")
    assert (named.model, named.encoder) == ("C/d", None)


@pytest.mark.parametrize(
    ("corpus", "options", "message"),
    [
        ("v.npz", {"model": "A/b"}, "--model names it already"),
        ("named.npz", {}, 'of the model "E/f"'),
        ("texts", {}, "this corpus holds files: give --model"),
        ("v.npz", {"model_name": " "}, "the name is empty"),
    ],
)
def test_a_name_that_says_nothing_of_the_corpus_is_bad_usage(
    tmp_path: Path, corpus: str, options: dict[str, str], message: str
) -> None:
    save_vectors(tmp_path / "v.npz")
    save_vectors(tmp_path / "named.npz", model="E/f")
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text("alone", encoding="utf-8")
    with pytest.raises(typer.BadParameter, match=message):
        open_with(tmp_path / corpus, **{"model_name": "C/d", **options})
