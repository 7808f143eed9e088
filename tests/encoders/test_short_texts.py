"""Texts at their own length give the vectors of the whole context length, on a small CLIP of random weights."""

import open_clip
import pytest
import torch

from modgap.encoders.short_texts import STEP, ShortTexts

CONTEXT, VOCABULARY = 30, 50
END = VOCABULARY - 1


@pytest.fixture
def model() -> open_clip.CLIP:
    torch.manual_seed(0)
    vision = open_clip.CLIPVisionCfg(layers=1, width=32, head_width=16, patch_size=16, image_size=32)
    text = open_clip.CLIPTextCfg(context_length=CONTEXT, vocab_size=VOCABULARY, width=32, heads=2, layers=2)
    return open_clip.CLIP(16, vision, text).eval()


def tokens_of(*lengths: int) -> torch.Tensor:
    """Random texts of so many tokens, the end-of-text token included."""
    rows = torch.zeros(len(lengths), CONTEXT, dtype=torch.long)
    for row, length in enumerate(lengths):
        rows[row, : length - 1] = torch.randint(1, END, (length - 1,))
        rows[row, length - 1] = END
    return rows


@pytest.mark.parametrize("lengths", [(2,), (8,), (9,), (3, 7, 5), (2, 30), (29,), (30,)])
@torch.inference_mode()
def test_the_vectors_are_those_of_the_whole_length(model: open_clip.CLIP, lengths: tuple[int, ...]) -> None:
    tokens = tokens_of(*lengths)
    whole = model.encode_text(tokens)
    assert ShortTexts(model).encode(tokens).numpy() == pytest.approx(whole.numpy(), abs=1e-5)
    assert model.positional_embedding.shape[0] == CONTEXT  # the model itself is as it was


@torch.inference_mode()
def test_the_tower_sees_the_longest_text_of_a_batch_rounded_up(model: open_clip.CLIP) -> None:
    seen = []
    model.transformer.register_forward_pre_hook(lambda _, arguments: seen.append(arguments[0].shape[1]))
    short = ShortTexts(model)
    for lengths in ((2,), (STEP,), (2, STEP + 1), (CONTEXT - 1,)):
        short.encode(tokens_of(*lengths))
    assert seen == [STEP, STEP, 2 * STEP, CONTEXT]


@pytest.mark.parametrize("change", ["looks ahead", "another pooling", "no mask"])
@torch.inference_mode()
def test_a_tower_that_padding_may_change_gets_the_whole_length(model: open_clip.CLIP, change: str) -> None:
    if change == "looks ahead":
        model.attn_mask[0, 3] = 0
    elif change == "another pooling":
        model.text_pool_type = "last"
    else:
        model.attn_mask = None
    seen = []
    model.transformer.register_forward_pre_hook(lambda _, arguments: seen.append(arguments[0].shape[1]))
    ShortTexts(model).encode(tokens_of(2))
    assert seen == [CONTEXT]
