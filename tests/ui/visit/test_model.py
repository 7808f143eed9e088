"""Which models a visitor may choose, what is said of them, and that another one reads the next corpus."""

import pytest

from modgap.errors import ModelError, ModgapError
from modgap.ui.visit.model import KNOWN, OFFERED, Models, SharedEncoder


def toy_models(toy_class, others=OFFERED):
    loads: list[str] = []

    def load(name: str):
        loads.append(name)
        return toy_class()

    return Models(SharedEncoder(toy_class), others, load), loads


def test_the_operators_model_is_first_and_others_show_their_size(toy_class):
    models, _ = toy_models(toy_class, ("ViT-B-32/laion2b_s34b_b79k", "ViT-H-14/some_tag", "modgap-mini-2"))

    words = dict(models.choices())

    assert [*words.values()] == ["modgap-mini-2", "ViT-B-32/laion2b_s34b_b79k", "ViT-H-14/some_tag"]
    own, usual, unknown = words
    assert own == "modgap-mini-2: bundled, offline"
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
    first = models.encoder_for(OFFERED[0])
    assert loads == []

    first.get()
    models.encoder_for(OFFERED[0]).get()
    models.encoder_for(OFFERED[1]).get()
    models.encoder_for(OFFERED[0]).get()

    assert loads == [OFFERED[0], OFFERED[1], OFFERED[0]]


def test_a_model_that_is_not_offered_is_refused(toy_class):
    models, loads = toy_models(toy_class)
    with pytest.raises(ModgapError, match="does not offer"):
        models.encoder_for("/etc/passwd")
    assert loads == []


def test_a_model_that_cannot_be_loaded_is_reported_in_words(toy_class):
    def load(name: str):
        raise ModelError(f'The model "{name}" is not on this machine.')

    with pytest.raises(ModelError, match="not on this machine"):
        Models(SharedEncoder(toy_class), OFFERED, load).encoder_for(OFFERED[0]).get()


def test_the_encoder_loads_once_and_a_failed_attempt_is_tried_again(toy_encoder):
    attempts = []

    def load():
        attempts.append(1)
        if len(attempts) == 1:
            raise ModgapError("not yet")
        return toy_encoder

    shared = SharedEncoder(load)
    with pytest.raises(ModgapError):
        shared.get()

    assert shared.get() is shared.get() is toy_encoder
    assert len(attempts) == 2
