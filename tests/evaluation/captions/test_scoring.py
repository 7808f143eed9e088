"""Scores of captions with the bundled model, and their explanation."""

import numpy as np
import pytest

from modgap.errors import ModgapError
from modgap.evaluation.captions import picture_vector, score_captions
from modgap.evaluation.captions.scoring import CaptionScore, WordEffect
from modgap.metrics.caption import clip_score, i0t_score


def test_scores_are_those_of_the_metrics(encoder, background, photo):
    picture = picture_vector(photo, encoder)
    found = score_captions(picture, ["a lizard", "a bicycle"], encoder, background, references=["a reptile"])

    texts = encoder.encode_texts(["a lizard", "a bicycle"])
    pictures = np.stack([picture, picture])
    means = {"image_mean": background.image_mean, "text_mean": background.text_mean}
    assert [each.clipscore for each in found.captions] == pytest.approx(clip_score(pictures, texts).tolist(), abs=1e-6)
    assert [each.i0t_score for each in found.captions] == pytest.approx(
        i0t_score(pictures, texts, **means).tolist(), abs=1e-6
    )
    assert found.captions[0].ref_clipscore is not None
    assert found.captions[0].ref_clipscore > found.captions[1].ref_clipscore


def test_the_true_noun_helps_and_a_false_one_hurts(encoder, background, photo):
    found = score_captions(
        picture_vector(photo, encoder),
        ["a green lizard on a branch", "a red bicycle in the rain"],
        encoder,
        background,
    )
    for name in ("clipscore", "i0t_score"):
        effects = {each.word: each.effect[name] for each in found.captions[0].words}
        assert max(effects, key=effects.__getitem__) == "lizard"
        assert ("lizard", 1) in found.captions[0].marked(name)
    false = {each.word: each.effect["clipscore"] for each in found.captions[1].words}
    assert false["bicycle"] < 0
    assert ("bicycle", -1) in found.captions[1].marked("clipscore")


def test_a_words_effect_is_the_score_without_it(encoder, background, photo):
    picture = picture_vector(photo, encoder)
    long, short = score_captions(picture, ["a lizard .", "lizard ."], encoder, background).captions

    assert [each.word for each in long.words] == ["a", "lizard"]
    assert long.words[0].effect["clipscore"] == pytest.approx(long.clipscore - short.clipscore, abs=1e-6)
    assert short.words == ()  # one word alone leaves nothing


def test_small_effects_are_not_marked():
    words = tuple(WordEffect(word, {"s": effect}) for word, effect in [("a", 0.01), ("dog", 0.2), ("blue", -0.05)])
    assert CaptionScore("a dog blue", 0.1, 0.1, 0.1, words=words).marked("s") == [("a", 0), ("dog", 1), ("blue", -1)]


def test_clipping_hides_what_is_below_zero(encoder, background, photo):
    picture = picture_vector(photo, encoder)
    wrong = ["an income tax form", "two cups of tea on a boat"]
    plain = score_captions(picture, wrong, encoder, background, explain=False)
    clipped = score_captions(picture, wrong, encoder, background, clip=True, explain=False)
    for a, b in zip(plain.captions, clipped.captions, strict=True):
        assert b.i0t_score == max(a.i0t_score, 0)
    assert min(each.i0t_score for each in plain.captions) < 0


def test_the_prefix_is_encoded_and_noted_where_the_means_have_none(encoder, background, photo):
    picture = picture_vector(photo, encoder)
    by_hand = score_captions(picture, ["A photo depicts a cat"], encoder, background, explain=False)
    by_choice = score_captions(picture, ["a cat"], encoder, background, prefix=True, explain=False)
    assert by_choice.captions[0].clipscore == by_hand.captions[0].clipscore
    assert by_choice.captions[0].caption == "a cat"
    assert any("prefix" in note for note in by_choice.notes)


def test_a_caption_longer_than_the_model_reads_is_scored_and_said(encoder, background, photo):
    fits, cut = "word " * 75, "word " * 76  # 75 tokens, a beginning and an end make 77
    found = score_captions(picture_vector(photo, encoder), [fits, cut], encoder, background, explain=False)

    assert [each.cut for each in found.captions] == [False, True]
    assert found.captions[0].clipscore == pytest.approx(found.captions[1].clipscore, abs=1e-5)
    assert [note for note in found.notes if "longer" in note] == [
        "Caption 2 is longer than the model reads: its end is ignored. Shorten it."
    ]


@pytest.mark.parametrize(
    ("captions", "words"),
    [
        ([], "no caption"),
        (["a", " \t\n"], "Caption 2 is empty"),
        (["\x00"], "Caption 1 is empty"),
        ([7], "is not text"),
    ],
)
def test_no_caption_is_an_error(encoder, background, captions, words):
    with pytest.raises(ModgapError, match=words):
        score_captions(np.ones(encoder.dimension, dtype=np.float32), captions, encoder, background)


def test_hostile_characters_do_no_harm(encoder, background, photo):
    picture = picture_vector(photo, encoder)
    odd = ["\ud800 lone", "🦎" * 5, "<b>bold</b>", "a\u202eb", "!!! ..."]
    assert len(score_captions(picture, odd, encoder, background).captions) == 5


def test_a_picture_that_is_none_is_named(encoder, tmp_path):
    (tmp_path / "x.png").write_bytes(b"nothing")
    with pytest.raises(ModgapError, match=r"x\.png is not"):
        picture_vector(tmp_path / "x.png", encoder)
