"""The losses of I0T_async: CLIP's, and the two cyclic ones of CyCLIP (arXiv 2205.14459), on unit rows X, Y (n, d).

CLIP         1/2 (cross-entropy of rows of s X Y' + of its columns), the pairs on the diagonal, s = exp(4.6052)
in-modal     1/n sum over j, k of (<x_j, x_k> - <y_j, y_k>)^2       the two modalities keep the same distances
cross-modal  1/n sum over j, k of (<x_j, y_k> - <x_k, y_j>)^2       similarity is symmetric
loss         CLIP + 0.25 in-modal + 0.25 cross-modal
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

LOG_SCALE = 4.6052  # of the logits, as CLIP ends with: a factor of 100
CYCLIC_WEIGHT = 0.25


def clip_loss(images: Tensor, texts: Tensor) -> Tensor:
    """The contrastive loss of n pairs: a scalar in nats."""
    import math

    import torch
    from torch.nn.functional import cross_entropy

    logits = math.exp(LOG_SCALE) * images @ texts.T  # (n, n)
    target = torch.arange(images.shape[0], device=images.device)
    return (cross_entropy(logits, target) + cross_entropy(logits.T, target)) / 2


def in_modal_cyclic(images: Tensor, texts: Tensor) -> Tensor:
    """How differently the n pictures and the n texts lie among themselves: a scalar, 0 where they lie alike."""
    return (images @ images.T - texts @ texts.T).square().sum() / images.shape[0]


def cross_modal_cyclic(images: Tensor, texts: Tensor) -> Tensor:
    """How unlike <x_j, y_k> is to <x_k, y_j>: a scalar, 0 where the n x n similarities are symmetric."""
    products = images @ texts.T
    return (products - products.T).square().sum() / images.shape[0]


def i0t_loss(images: Tensor, texts: Tensor) -> Tensor:
    """The loss that I0T_async is trained with: a scalar."""
    cyclic = in_modal_cyclic(images, texts) + cross_modal_cyclic(images, texts)
    return clip_loss(images, texts) + CYCLIC_WEIGHT * cyclic
