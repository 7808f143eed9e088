"""The last layers of the backbone, taken out of it and trained."""

import numpy as np
import pytest
import timm
import torch

from training import heads, pairs
from training.heads import ImageHead
from training.imagenet import ClassTexts
from training.pairs import PairSource
from training.top import FROZEN, Top, tune_top


@pytest.fixture(scope="module")
def backbone() -> torch.nn.Module:
    torch.manual_seed(0)
    return timm.create_model("tf_efficientnet_lite0", pretrained=False).eval()


def before_top(backbone, x: torch.Tensor) -> torch.Tensor:
    x = backbone.bn1(backbone.conv_stem(x))
    for stage in list(backbone.blocks)[:FROZEN]:
        x = stage(x)
    return x


@torch.no_grad()
def test_they_are_the_rest_of_the_backbone(backbone) -> None:
    x = torch.randn(2, 3, 64, 64)
    whole = backbone.forward_head(backbone.forward_features(x), pre_logits=True)
    found = Top(backbone)(before_top(backbone, x))
    assert torch.nn.functional.cosine_similarity(found, whole).min() > 0.99  # bfloat16 against float32


def test_tuning_changes_the_last_layers_only_and_pictures_come_nearer_to_their_texts(backbone, monkeypatch) -> None:
    torch.manual_seed(0)
    n, classes = 16, 1000
    for module in (pairs, heads):
        monkeypatch.setattr(module, "PICTURES", n)
    acts = torch.randn(n, 112, 2, 2, dtype=torch.bfloat16)
    with torch.no_grad():
        features = torch.cat([Top(backbone)(part) for part in acts.split(16)])
    about = ClassTexts([f"class {c}" for c in range(classes)], np.arange(classes), np.ones(classes))
    vectors = torch.nn.functional.normalize(torch.randn(5 * n + 2 * classes, 16), dim=-1)
    vectors[5 * n + classes :] = vectors[5 * n : 5 * n + classes]  # texts near each class
    rows, bias = torch.randn(classes, 1280) / 100, torch.zeros(classes)
    source = PairSource(features[None].half(), about, vectors.half(), rows, bias, seed=0)
    head = ImageHead(features.mean(0), features.std(0), rows, bias)
    texts = torch.nn.functional.normalize(torch.randn(len(vectors), 512), dim=-1)
    lower = [p.clone() for p in backbone.blocks[0].parameters()]
    last = backbone.conv_head.weight.clone()

    def nearness() -> float:
        with torch.no_grad():
            images = head.eval()(torch.cat([Top(backbone)(part) for part in acts.split(16)]))
        return float((images * texts[torch.arange(n) * 5]).sum(1).mean())

    before = nearness()
    tune_top(backbone, head, source, [acts], texts, epochs=4, seed=0, rate=1e-3, head_rate=1e-2)
    assert all(torch.equal(old, new) for old, new in zip(lower, backbone.blocks[0].parameters(), strict=True))
    assert not torch.equal(last, backbone.conv_head.weight)
    assert nearness() > before
