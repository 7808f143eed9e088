"""The projection heads: folding, and which pairs are excused."""

import torch
from torch.nn.functional import gelu, linear, normalize

from training.heads import EMBED_DIM, ImageHead, TextHead, excused_pairs
from training.pairs import PICTURES


def test_the_folded_head_is_the_same_function() -> None:
    torch.manual_seed(0)
    head = ImageHead(torch.randn(20), torch.rand(20) + 0.5, torch.randn(10, 20), torch.randn(10)).eval()
    x, folded = torch.randn(4, 20), head.folded()
    hidden = gelu(linear(x, folded["fc1.weight"], folded["fc1.bias"]))
    result = normalize(linear(hidden, folded["fc2.weight"], folded["fc2.bias"]), dim=-1)
    assert torch.allclose(result, head(x), atol=1e-5)


def test_the_text_head_starts_with_the_geometry_of_its_sentences() -> None:
    torch.manual_seed(0)
    x = torch.randn(6, 30)
    head = TextHead(x.mean(0), x.std(0)).eval()
    head.fc2.bias.data.zero_()
    rows, centred = head(x), normalize(x - x.mean(0), dim=-1)
    assert rows.shape == (6, EMBED_DIM)
    assert torch.allclose(rows @ rows.T, centred @ centred.T, atol=1e-5)


def test_captions_stay_negatives_of_each_other() -> None:
    close = excused_pairs(torch.ones(PICTURES + 2, 1))
    assert not close[:PICTURES, :PICTURES].any()
    assert close[PICTURES:].all()
