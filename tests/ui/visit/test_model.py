"""Which models a visitor may choose, what is said of them, and that another one reads the next corpus."""

import pytest

from modgap.errors import ModelError, ModgapError
from modgap.ui.visit.model import KNOWN, OFFERED, Models, SharedEncoder
from modgap.ui.visit.sample import KeptSample
from modgap.ui.visit.session import LoadedCorpus
from modgap.ui.visit.settings import Settings


def toy_models(toy_class, others=OFFERED):
    loads: list[str] = []

    def load(name: str):
        loads.append(name)
        return toy_class()

    return Models(SharedEncoder(toy_class), others, load), loads


def test_the_operators_model_is_first_and_others_tell_their_size(toy_class):
    models, _ = toy_models(toy_class, ("ViT-B-32/laion2b_s34b_b79k", "ViT-H-14/some_tag", "modgap-mini"))

    words = dict(models.choices())

    assert [*words.values()] == ["modgap-mini", "ViT-B-32/laion2b_s34b_b79k", "ViT-H-14/some_tag"]
    own, usual, unknown = words
    assert own == "modgap-mini: bundled, offline"
    assert "605 MB" in usual
    assert "downloads once" in unknown


def test_sizes_are_those_of_open_clips_own_models():
    open_clip = pytest.importorskip("open_clip")
    for offer in KNOWN:
        architecture, tag = offer.name.split("/")
        parameters = sum(each.numel() for each in open_clip.create_model(architecture, device="meta").parameters())
        assert tag in open_clip.list_pretrained_tags_by_model(architecture)
        assert offer.megabytes == pytest.approx(4 * parameters / 1e6, rel=0.01), offer.name


def test_another_model_loads_when_first_needed_and_only_the_last_stays(toy_class):
    models, loads = toy_models(toy_class)
    first = models.of(OFFERED[0])
    assert loads == []

    first.get()
    models.of(OFFERED[0]).get()
    models.of(OFFERED[1]).get()
    models.of(OFFERED[0]).get()

    assert loads == [OFFERED[0], OFFERED[1], OFFERED[0]]


def test_a_model_that_is_not_offered_is_refused(toy_class):
    models, loads = toy_models(toy_class)
    with pytest.raises(ModgapError, match="does not offer"):
        models.of("/etc/passwd")
    assert loads == []


def test_a_model_that_cannot_be_had_is_told_in_words(toy_class):
    def load(name: str):
        raise ModelError(f'The model "{name}" is not on this machine.')

    with pytest.raises(ModelError, match="not on this machine"):
        Models(SharedEncoder(toy_class), OFFERED, load).of(OFFERED[0]).get()


@pytest.mark.parametrize(
    ("given", "space", "others"),
    [
        ("", "", None),
        ("", "someone/space", ()),
        ("none", "", ()),
        ("RN50/openai, ViT-B-32/openai", "someone/space", ("RN50/openai", "ViT-B-32/openai")),
    ],
)
def test_the_operator_says_what_may_be_chosen(monkeypatch, given, space, others):
    monkeypatch.setenv("MODGAP_MODELS", given)
    monkeypatch.setenv("SPACE_ID", space)
    assert Settings.from_environment().others == others


def test_the_sample_is_kept_for_each_model_by_itself(toy_class, toy_encoder):
    import numpy as np

    from modgap.search.collection import Collection

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
