"""Stage 3: train both towers on the contrastive loss at logit scale 100, plus distillation from the teacher.

The backbone keeps its ImageNet weights; its pooled features are computed once, so a step is cheap. What is kept is the
moving average of the weights.
"""

from __future__ import annotations

import numpy as np
import torch
from open_clip.model import CLIP

from training.averaging import WeightAverage
from training.heads import ImageHead, draw_named, excused_pairs
from training.losses import contrastive, distil, naming
from training.pairs import PairSource
from training.text_tower import TokenTable, encode_tokens, text_parameters


def train_together(
    model: CLIP,
    image_head: ImageHead,
    source: PairSource,
    table: TokenTable,
    target: torch.Tensor,
    epochs: int,
    seed: int,
    rate: float = 6e-4,
    keep: float = 0.5,
) -> None:
    """Train text tower and image head in place.

    Args:
        source: image-text pairs.
        table: tokens of the ``n`` texts that the ids of `source` refer to.
        target: the teacher's unit vectors of the same texts, ``(n, 512)`` float16.
        epochs: passes over the pictures.
        seed: for dropout.
        rate: highest learning rate.
        keep: weight of the distillation loss relative to the contrastive loss.
    """
    torch.manual_seed(seed)
    extra = 256  # texts per batch without a picture
    steps = epochs * source.batches()
    parameters = [*text_parameters(model), *image_head.parameters()]
    optimizer = torch.optim.AdamW(parameters, lr=rate, betas=(0.9, 0.98), weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps, pct_start=0.1)
    by_length = np.argsort(table.lengths, kind="stable")
    average = WeightAverage(parameters)
    model.train()
    image_head.train()
    done = 0
    for _ in range(epochs):
        for features, text_ids in source.epoch():
            start = int(source.random.integers(len(by_length) - extra))
            others = by_length[start : start + extra]  # neighbours in length: little padding
            paired = encode_rows(model, table, text_ids.numpy())
            texts = torch.cat([paired, encode_tokens(model, table.batch(others))])
            wanted = target[torch.cat([text_ids, torch.from_numpy(others)])].float()
            images = image_head(features)
            pairs = contrastive(images, paired, excused_pairs(source.vectors[text_ids].float()))
            apart = distil(texts, wanted)
            named, opinion = draw_named(source, features)
            loss = pairs + keep * apart + naming(images, target[named].float(), opinion)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            schedule.step()
            average.update()
            done += 1
            if done % 20 == 0:
                print(
                    f"  together: step {done} of {steps}, pairs {pairs.item():.3f}, teacher {apart.item():.3f}",
                    flush=True,
                )
    average.put_in_place()
    model.eval()
    image_head.eval()


def encode_rows(model: CLIP, table: TokenTable, rows: np.ndarray, parts: int = 4) -> torch.Tensor:
    """Unit rows ``(len(rows), 512)`` of texts, encoded in `parts` batches sorted by length."""
    order = np.argsort(table.lengths[rows], kind="stable")
    texts = torch.cat([encode_tokens(model, table.batch(rows[part])) for part in np.array_split(order, parts)])
    return texts[torch.from_numpy(np.argsort(order))]
