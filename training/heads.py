"""Stage 1: projection heads that map pooled picture features and MiniLM sentence vectors into one space.

MiniLM with the text head is the teacher that stage 2 distils into the small text transformer.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.functional import gelu, normalize

from training.losses import contrastive, naming, relational
from training.pairs import PICTURES, PairSource

EMBED_DIM = 512
CLASS_GAIN = 0.5  # keeps most class scores in the curved part of GELU
EXCUSED_COSINE = 0.55  # two texts with this MiniLM cosine may describe one picture


class ImageHead(nn.Module):
    """``standardise -> linear -> GELU -> linear``, the shape of timm's `Mlp`.

    The first layer is initialised with ImageNet's classifier: each hidden unit starts as a class, so that the
    backbone's knowledge of a thousand classes reaches the shared space although Flickr8k shows few of them.
    """

    mean: torch.Tensor
    std: torch.Tensor

    def __init__(self, mean: torch.Tensor, std: torch.Tensor, rows: torch.Tensor, bias: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("std", std.clamp(min=1e-3))
        self.blank = nn.Dropout(0.2)
        self.fc1 = nn.Linear(len(mean), 2 * EMBED_DIM)
        self.drop = nn.Dropout(0.3)
        self.fc2 = nn.Linear(2 * EMBED_DIM, EMBED_DIM)
        with torch.no_grad():
            self.fc1.weight[: len(rows)] = CLASS_GAIN * rows * self.std
            self.fc1.bias[: len(rows)] = CLASS_GAIN * (rows @ mean + bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """``(n, 1280)`` -> unit rows ``(n, 512)``."""
        hidden = self.drop(gelu(self.fc1(self.blank((x - self.mean) / self.std))))
        return normalize(self.fc2(hidden), dim=-1)

    def folded(self) -> dict[str, torch.Tensor]:
        """The same head with the standardisation folded into the first layer, under timm's names."""
        weight = self.fc1.weight / self.std
        return {
            "fc1.weight": weight.detach(),
            "fc1.bias": (self.fc1.bias - weight @ self.mean).detach(),
            "fc2.weight": self.fc2.weight.detach(),
            "fc2.bias": self.fc2.bias.detach(),
        }


class TextHead(nn.Module):
    """A rotation of the sentence vector plus a learnt correction: ``A (x - mean) + MLP(x)``.

    `A` starts with orthonormal columns and the correction at zero, so training starts from MiniLM's geometry.
    """

    mean: torch.Tensor
    std: torch.Tensor

    def __init__(self, mean: torch.Tensor, std: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("std", std.clamp(min=1e-3))  # two dimensions of MiniLM are constant
        self.straight = nn.Linear(len(mean), EMBED_DIM, bias=False)
        self.fc1 = nn.Linear(len(mean), 2 * EMBED_DIM)
        self.drop = nn.Dropout(0.1)
        self.fc2 = nn.Linear(2 * EMBED_DIM, EMBED_DIM)
        nn.init.orthogonal_(self.straight.weight)
        nn.init.zeros_(self.fc2.weight)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """``(n, 384)`` -> unit rows ``(n, 512)``."""
        hidden = self.drop(gelu(self.fc1((x - self.mean) / self.std)))
        return normalize(self.straight(x - self.mean) + self.fc2(hidden), dim=-1)


def excused_pairs(teacher: torch.Tensor) -> torch.Tensor:
    """Off-diagonal pairs too similar in meaning to serve as negatives, ``(n, n)`` bool.

    Pairs of captions stay negatives, because retrieval has to separate near neighbours.
    """
    close = teacher @ teacher.T > EXCUSED_COSINE
    close[:PICTURES, :PICTURES] = False
    return close


def draw_named(source: PairSource, features: torch.Tensor, count: int = 384) -> tuple[torch.Tensor, torch.Tensor]:
    """Texts that are no captions, for `naming`: their ids ``(count,)`` and the opinions of them ``(n, count)``."""
    first = 5 * source.features.shape[1]
    named = torch.from_numpy(first + source.random.integers(len(source.vectors) - first, size=count))
    directions = normalize(source.vectors[named].float() - source.middle, dim=-1)
    return named, source.named_by_classifier(features) @ directions.T


def train_heads(
    source: PairSource, epochs: int, seed: int, *, keep: float = 5.0, rate: float = 1e-3
) -> tuple[ImageHead, TextHead]:
    """Train both heads; returns ``(image head, text head)`` in eval mode.

    Args:
        source: image-text pairs.
        epochs: passes over the pictures.
        seed: for the initial weights and dropout.
        keep: weight of the loss that preserves MiniLM's cosines between texts.
    """
    torch.manual_seed(seed)
    sample = torch.cat([next(source.epoch())[0] for _ in range(3)])
    vectors = source.vectors.float()
    image_head = ImageHead(sample.mean(0), sample.std(0), source.rows, source.bias).train()
    text_head = TextHead(vectors.mean(0), vectors.std(0)).train()
    optimizer = torch.optim.AdamW([*image_head.parameters(), *text_head.parameters()], lr=rate, weight_decay=0.05)
    total = epochs * source.batches()
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=total, pct_start=0.1)
    for _ in range(epochs):
        for features, text_ids in source.epoch():
            teacher = source.vectors[text_ids].float()
            extra = vectors[torch.from_numpy(source.random.integers(len(vectors), size=128))]
            text = text_head(torch.cat([teacher, extra]))
            centred = normalize(torch.cat([teacher, extra]) - text_head.mean, dim=-1)
            images = image_head(features)
            loss = contrastive(images, text[: len(teacher)], excused_pairs(teacher))
            loss = loss + keep * relational(text, centred)
            named, opinion = draw_named(source, features)
            loss = loss + naming(images, text_head(source.vectors[named].float()), opinion)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return image_head.eval(), text_head.eval()
