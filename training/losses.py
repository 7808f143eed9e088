"""Losses: CLIP's contrastive loss with excused negatives, two that preserve the teacher's text geometry, and one that
hands the classifier's opinion of a picture on to the picture tower."""

from __future__ import annotations

import torch
from torch.nn.functional import cross_entropy

NAMING_SCALE = 15.0  # of cosines between MiniLM directions, whose differences are wide
LOGIT_SCALE = 100.0  # final value of CLIP's training; it causes the modality gap, which is not a goal


def contrastive(
    image: torch.Tensor, text: torch.Tensor, excused: torch.Tensor | None = None, scale: float = LOGIT_SCALE
) -> torch.Tensor:
    """Symmetric cross-entropy over the cosine matrix (CLIP, arXiv 2103.00020).

    Args:
        image: unit rows, ``(n, d)``; row i is paired with row i of `text`.
        text: unit rows, ``(n, d)``.
        excused: ``(n, n)`` bool, pairs that may match although they were not drawn as a pair; they are excluded from
            the denominators. The diagonal is never excused.
    """
    logits = scale * image @ text.T  # (n, n)
    labels = torch.arange(len(logits))
    if excused is not None:
        keep = torch.eye(len(logits), dtype=torch.bool)
        logits = logits.masked_fill(excused & ~keep, float("-inf"))
    return (cross_entropy(logits, labels) + cross_entropy(logits.T, labels)) / 2


def relational(student: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
    """Mean squared difference of the two cosine matrices, off the diagonal; both ``(n, d)`` with unit rows."""
    n = len(student)
    difference = student @ student.T - teacher @ teacher.T
    return difference.pow(2).sum() / (n * (n - 1))


def distil(student: torch.Tensor, teacher: torch.Tensor, scale: float = 30.0) -> torch.Tensor:
    """Cosine distance to the teacher's vector, plus a ranking loss against the other teacher vectors of the batch."""
    logits = scale * student @ teacher.T  # (n, n)
    soft = (scale * teacher @ teacher.T).softmax(-1)
    ranking = cross_entropy(logits, soft) - torch.special.entr(soft).sum(-1).mean()
    return (1 - (student * teacher).sum(-1)).mean() * 4 + ranking


def naming(image: torch.Tensor, text: torch.Tensor, opinion: torch.Tensor) -> torch.Tensor:
    """Cross-entropy between how a picture ranks texts and how the classifier's opinion of it ranks them.

    Args:
        image: unit rows, ``(n, d)``.
        text: unit rows of any texts, ``(m, d)``.
        opinion: cosines of the classifier's opinions and the texts as MiniLM sees them, ``(n, m)``.
    """
    return cross_entropy(2 * NAMING_SCALE * image @ text.T, (NAMING_SCALE * opinion).softmax(-1))
