"""Batches of image-text pairs: Flickr8k's own, and pseudo images for texts near ImageNet's classes.

Beside pairs, the classifier's own opinion of a picture ranks texts (`named_by_classifier`).
"""

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
        self._mean = features[0].float().mean(0)
        self.middle = vectors.float().mean(0)  # of all texts
        self._directions = normalize(self._class_vectors() - self.middle, dim=-1)
        self._near, self._classes, self._shares = self._texts_near_classes(first + len(about.texts))

    def batches(self) -> int:
        """Number of batches in one pass over the pictures."""
        return self.features.shape[1] // PICTURES

    def epoch(self, pseudo: int = 192, near: int = 128) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Yield ``(features (b, 1280), text ids (b,))``, once over all pictures.

        The first `PICTURES` rows are real pictures with one of their captions, followed by `pseudo` classes with one
        of their texts and by `near` texts of the corpus with a mixture of their nearest classes.
        """
        for shown, captions in self._pictures():
            seen = self.features[self.random.integers(len(self.features), size=PICTURES), shown].float()
            features, ids = self._without_pictures(pseudo, near)
            yield torch.cat([seen, features]), torch.from_numpy(np.concatenate([captions, ids]))

    def shown_epoch(
        self, views: int, pseudo: int = 192, near: int = 128
    ) -> Iterator[tuple[torch.Tensor, int, torch.Tensor, torch.Tensor]]:
        """The same with pictures by number: ``(pictures (PICTURES,), view, pseudo images (p, 1280), text ids (b,))``.

        views: of the first `views` one is drawn for each batch.
        """
        for shown, captions in self._pictures():
            view = int(self.random.integers(views))
            features, ids = self._without_pictures(pseudo, near)
            yield torch.from_numpy(shown), view, features, torch.from_numpy(np.concatenate([captions, ids]))

    def _pictures(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Batches of pictures in random order, each with the id of one of its captions."""
        n = self.features.shape[1]
        order = self.random.permutation(n)
        for start in range(0, n - PICTURES + 1, PICTURES):
            shown = order[start : start + PICTURES]
            yield shown, shown * 5 + self.random.integers(5, size=PICTURES)

    def _without_pictures(self, pseudo: int, near: int) -> tuple[torch.Tensor, np.ndarray]:
        """Pseudo images of classes and of mixtures of classes, and the ids of their texts."""
        classes = self.random.choice(1000, pseudo, replace=False)
        texts = [self.random.choice(self._members[c], p=self._weights[c]) for c in classes]
        picked = self.random.choice(len(self._near), near, replace=False)
        mixture = torch.zeros(near, 1000).scatter_(1, self._classes[picked], self._shares[picked])
        target = torch.cat([one_hot(torch.from_numpy(classes), 1000).float(), mixture])
        return self._pseudo(target), np.concatenate([np.array(texts), self._near[picked]])

    def _pseudo(self, target: torch.Tensor) -> torch.Tensor:
        """Features that the classifier assigns to `target` ``(b, 1000)``.

        They start from mixed pictures, drawn towards the mean picture by a random share: what a class looks like is
        then not always seen before a street of Flickr8k.
        """
        views, n, _ = self.features.shape
        count = len(target)
        one, two = (
            self.features[self.random.integers(views, size=count), self.random.integers(n, size=count)].float()
            for _ in range(2)
        )
        mixed = one + torch.from_numpy(self.random.random((count, 1), np.float32)) * (two - one)
        start = self._mean + torch.from_numpy(self.random.random((count, 1), np.float32)) * (mixed - self._mean)
        return pseudo_images(target, start, self.rows, self.bias, rate=float(self.random.uniform(0.5, 1.2)), steps=4)

    @torch.no_grad()
    def named_by_classifier(self, features: torch.Tensor, temperature: float = 2.0, classes: int = 20) -> torch.Tensor:
        """What the classifier says that pictures show, as MiniLM directions (ConSE, arXiv 1312.5650).

        The mean of the vectors of the likeliest `classes`, weighted by their probability at a `temperature`.
        features: ``(n, 1280)``. Returns unit rows ``(n, 384)``, to be compared with texts less `middle`.
        """
        shares, best = ((features @ self.rows.T + self.bias) / temperature).softmax(-1).topk(classes)
        return normalize((shares[..., None] * self._directions[best]).sum(1), dim=-1)

    def _class_vectors(self) -> torch.Tensor:
        """The mean MiniLM vector of each class's texts, by their weights, ``(1000, 384)``."""
        return torch.stack(
            [
                (self.vectors[ids].float() * torch.from_numpy(weight).float()[:, None]).sum(0)
                for ids, weight in zip(self._members, self._weights, strict=True)
            ]
        )

    def _texts_near_classes(self, first: int, most: int = 5) -> tuple[np.ndarray, torch.Tensor, torch.Tensor]:
        """Texts of the corpus within `NEAR_COSINE` of a class: ids ``(p,)``, classes and shares ``(p, most)``.

        A windmill is not an ImageNet class, but its text vectors lie near those of the lighthouse and the barn.
        """
        centres = normalize(self._class_vectors(), dim=-1)
        found, classes, shares = [], [], []
        for start in range(first, len(self.vectors), 8192):
            cosines, best = (self.vectors[start : start + 8192].float() @ centres.T).topk(most)
            rows = torch.nonzero(cosines[:, 0] > NEAR_COSINE)[:, 0]
            found.append(start + rows.numpy())
            classes.append(best[rows])
            shares.append((cosines[rows] * 25).softmax(-1))
        return np.concatenate(found), torch.cat(classes), torch.cat(shares)
