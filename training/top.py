"""Stage 4: train the last layers of the backbone and the picture head, with the text tower fixed.

The activations before these layers are computed once, so a step costs a third of a whole pass. A loss on the pooled
features keeps them near ImageNet's, for which the classifier's rows and the pseudo images are made.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import nn

from training.averaging import WeightAverage
from training.flickr8k import FlickrSplit
from training.heads import ImageHead, excused_pairs
from training.image_features import to_tensor_batches
from training.losses import contrastive
from training.pairs import PairSource
from training.precision import reduced

FROZEN = 5  # of the backbone's seven stages of blocks


class Top(nn.Module):
    """The layers of a backbone after its first `FROZEN` stages, up to the pooled features; batch statistics stay."""

    def __init__(self, backbone: Any) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(list(backbone.blocks)[FROZEN:])
        self.conv_head, self.bn2 = backbone.conv_head, backbone.bn2
        self.eval()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Activations ``(n, 112, 14, 14)`` -> pooled features ``(n, 1280)`` float32."""
        with reduced():
            x = x.float().to(memory_format=torch.channels_last)
            for block in self.blocks:
                x = block(x)
            return self.bn2(self.conv_head(x)).mean((2, 3)).float()


def activations(split: FlickrSplit, backbone: Any, view: int, cache: Path) -> torch.Tensor:
    """What reaches `Top` from one view of every picture, ``(n, 112, 14, 14)`` bfloat16; cached.

    View 0 is the picture itself, every other view a seeded random crop, as for the pooled features.
    """
    path = cache / f"acts-{split.archive.stem}-{view}.pt"
    if not path.is_file():
        torch.save(_activations(split, backbone, view), path)
    return torch.load(path)


@torch.inference_mode()
def _activations(split: FlickrSplit, backbone: Any, view: int) -> torch.Tensor:
    rows = []
    for batch in to_tensor_batches(split, view, 64):
        with reduced():
            x = backbone.bn1(backbone.conv_stem(batch.to(memory_format=torch.channels_last)))
            for stage in list(backbone.blocks)[:FROZEN]:
                x = stage(x)
        rows.append(x.to(torch.bfloat16).contiguous())
    return torch.cat(rows)


def tune_top(
    backbone: Any,
    image_head: ImageHead,
    source: PairSource,
    views: list[torch.Tensor],
    texts: torch.Tensor,
    epochs: int,
    seed: int,
    rate: float = 1e-4,
    head_rate: float = 3e-4,
    stay: float = 0.05,
) -> None:
    """Train the last layers of `backbone` and the image head in place.

    Args:
        source: image-text pairs.
        views: `activations` of the training pictures, for as many views as there are; those of `source` go on.
        texts: the text tower's unit vectors of all texts, ``(n, 512)``.
        epochs: passes over the pictures.
        seed: for dropout.
        rate, head_rate: highest learning rates of the layers and of the head.
        stay: weight of the squared change of the pooled features, in deviations.
    """
    torch.manual_seed(seed)
    top = Top(backbone)
    parameters = [*top.parameters(), *image_head.parameters()]
    groups = [{"params": top.parameters(), "lr": rate}, {"params": image_head.parameters(), "lr": head_rate}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.02)
    steps = epochs * source.batches()
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, [rate, head_rate], total_steps=steps, pct_start=0.1)
    average = WeightAverage(parameters)
    image_head.train()
    for _ in range(epochs):
        for shown, view, pseudo, text_ids in source.shown_epoch(len(views)):
            features = top(views[view][shown])
            drift = ((features - source.features[view, shown].float()) / image_head.std).pow(2).mean()
            images = image_head(torch.cat([features, pseudo]))
            excused = excused_pairs(source.vectors[text_ids].float())
            loss = contrastive(images, texts[text_ids].float(), excused) + stay * drift
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            average.update()
        print(f"  last layers: loss {loss.item():.3f}, drift {drift.item():.3f}", flush=True)
    average.put_in_place()
    image_head.eval()
