"""Batches of the text tower, and its short cut beside open_clip's own encoding."""

import numpy as np
import pytest
import torch

from training.text_tower import TokenTable, encode_tokens, equal_length_batches, text_parameters


def test_a_batch_is_padded_to_its_longest_text() -> None:
    table = TokenTable(np.asarray([1, 5, 2, 1, 2, 1, 6, 7, 2]), np.asarray([0, 3, 5, 9]))
    assert table.lengths.tolist() == [3, 2, 4]
    assert table.batch(np.asarray([1, 0])).tolist() == [[1, 2, 0], [1, 5, 2]]


def test_each_row_comes_once_in_batches_within_the_budget() -> None:
    rng = np.random.default_rng(0)
    lengths = rng.integers(2, 30, size=200)
    batches = list(equal_length_batches(lengths, 100, rng, most=16))
    assert sorted(np.concatenate(batches).tolist()) == list(range(200))
    assert all(len(rows) <= 16 and lengths[rows].max() * len(rows) <= 100 for rows in batches)


def test_short_texts_are_encoded_as_open_clip_encodes_them_padded() -> None:
    from open_clip.model import CLIP

    torch.manual_seed(0)
    text = {"context_length": 12, "vocab_size": 50, "width": 32, "heads": 2, "layers": 2}
    model = CLIP(16, {"layers": 1, "width": 32, "head_width": 16, "patch_size": 8, "image_size": 16}, text).eval()
    ids = torch.tensor([[48, 3, 4, 49, 0], [48, 7, 8, 9, 49]])
    with torch.no_grad():
        padded = model.encode_text(torch.nn.functional.pad(ids, (0, 7)), normalize=True)
        short = encode_tokens(model, ids)
    assert (short * padded).sum(-1).tolist() == pytest.approx([1, 1], abs=1e-3)  # bfloat16 against float32
    names = dict(model.named_parameters())
    visual = sum(p.numel() for name, p in names.items() if name.startswith(("visual.", "logit_")))
    assert sum(p.numel() for p in text_parameters(model)) == sum(p.numel() for p in names.values()) - visual
