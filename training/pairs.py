"""Batches of image-text pairs: Flickr8k's own, and pseudo images for texts near ImageNet's classes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch.nn.functional import normalize, one_hot

from training.imagenet import ClassTexts, pseudo_images

PICTURES = 512  # real pictures per batch
NEAR_COSINE = 0.45  # a text with at least this cosine to a class gets a pseudo image of its nearest classes


class PairSource:
    """Source of the batches of image-text pairs.

    Args:
        features: views of the Flickr8k pictures, ``(views, n, 1280)`` float16.
        about: texts about the ImageNet classes, ``m`` of them.
        vectors: MiniLM vectors of all texts, ``(5n + m + t, 384)``: captions, class texts, then the corpus.
        rows: classifier weights ``(1000, 1280)``.
        bias: classifier biases ``(1000,)``.
        seed: for all random draws.
    """

    def __init__(
        self,
        features: torch.Tensor,
        about: ClassTexts,
        vectors: torch.Tensor,
        rows: torch.Tensor,
        bias: torch.Tensor,
        seed: int,
    ) -> None:
        self.features, self.vectors, self.rows, self.bias = features, vectors, rows, bias
        self.random = np.random.default_rng(seed)
        first = 5 * features.shape[1]
        self._members = [first + np.flatnonzero(about.owner == c) for c in range(1000)]
        self._weights = [about.weight[about.owner == c] for c in range(1000)]
        self._near, self._classes, self._shares = self._texts_near_classes(first + len(about.texts))

    def batches(self) -> int:
        """Number of batches in one pass over the pictures."""
        return self.features.shape[1] // PICTURES

    def epoch(self, pseudo: int = 192, near: int = 128) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Yield ``(features (b, 1280), text ids (b,))``, once over all pictures.

        The first `PICTURES` rows are real pictures with one of their captions, followed by `pseudo` classes with one
        of their texts and by `near` texts of the corpus with a mixture of their nearest classes.
        """
        views, n, _ = self.features.shape
        order = self.random.permutation(n)
        for start in range(0, n - PICTURES + 1, PICTURES):
            shown = order[start : start + PICTURES]
            seen = self.features[self.random.integers(views, size=PICTURES), shown].float()
            captions = shown * 5 + self.random.integers(5, size=PICTURES)
            classes = self.random.choice(1000, pseudo, replace=False)
            texts = [self.random.choice(self._members[c], p=self._weights[c]) for c in classes]
            picked = self.random.choice(len(self._near), near, replace=False)
            mixture = torch.zeros(near, 1000).scatter_(1, self._classes[picked], self._shares[picked])
            target = torch.cat([one_hot(torch.from_numpy(classes), 1000).float(), mixture])
            ids = np.concatenate([captions, np.array(texts), self._near[picked]])
            yield torch.cat([seen, self._pseudo(target)]), torch.from_numpy(ids)

    def _pseudo(self, target: torch.Tensor) -> torch.Tensor:
        """Features that the classifier assigns to `target` ``(b, 1000)``, starting from mixed pictures."""
        views, n, _ = self.features.shape
        count = len(target)
        one, two = (
            self.features[self.random.integers(views, size=count), self.random.integers(n, size=count)].float()
            for _ in range(2)
        )
        start = one + torch.from_numpy(self.random.random((count, 1), np.float32)) * (two - one)
        return pseudo_images(target, start, self.rows, self.bias, rate=float(self.random.uniform(0.5, 1.2)), steps=4)

    def _texts_near_classes(self, first: int, most: int = 5) -> tuple[np.ndarray, torch.Tensor, torch.Tensor]:
        """Texts of the corpus within `NEAR_COSINE` of a class: ids ``(p,)``, classes and shares ``(p, most)``.

        A windmill is not an ImageNet class, but its text vectors lie near those of the lighthouse and the barn.
        """
        centres = torch.stack(
            [
                (self.vectors[ids].float() * torch.from_numpy(weight).float()[:, None]).sum(0)
                for ids, weight in zip(self._members, self._weights, strict=True)
            ]
        )
        centres = normalize(centres, dim=-1)
        found, classes, shares = [], [], []
        for start in range(first, len(self.vectors), 8192):
            cosines, best = (self.vectors[start : start + 8192].float() @ centres.T).topk(most)
            rows = torch.nonzero(cosines[:, 0] > NEAR_COSINE)[:, 0]
            found.append(start + rows.numpy())
            classes.append(best[rows])
            shares.append((cosines[rows] * 25).softmax(-1))
        return np.concatenate(found), torch.cat(classes), torch.cat(shares)
