"""Figures of the bundled model on Flickr8k dev: ``python -m training.evaluate_mini --flickr8k ../shared/flickr8k``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from training.flickr8k import read_flickr8k
from training.plain_words import QUERIES, found_by_plain_words, standardized


def recall(scores: np.ndarray, target: np.ndarray, ks: tuple[int, ...] = (1, 5, 10)) -> dict[int, float]:
    """Share of queries whose target ranks k or better.

    Args:
        scores: ``(n_queries, n_items)``, higher is better.
        target: index of the one relevant item, ``(n_queries,)``.

    >>> recall(np.array([[0.9, 0.1], [0.8, 0.2]]), np.array([0, 1]), ks=(1, 2))
    {1: 0.5, 2: 1.0}
    """
    wanted = scores[np.arange(len(scores)), target][:, None]
    rank = (scores > wanted).sum(1)
    return {k: float((rank < k).mean()) for k in ks}


def centroid_gap(images: np.ndarray, texts: np.ndarray) -> float:
    """Distance between the mean image and the mean text embedding (arXiv 2203.02053); unit rows."""
    return float(np.linalg.norm(images.mean(0) - texts.mean(0)))


def mixed_recall(
    queries: np.ndarray, images: np.ndarray, texts: np.ndarray, seed: int = 0, k: int = 20
) -> dict[str, float]:
    """Recall@k in a corpus where a random half of the items are pictures and the other half captions.

    Args:
        queries: caption 0 of every picture, ``(n, d)`` unit rows.
        images: the pictures, ``(n, d)`` unit rows.
        texts: caption 1 of every picture, ``(n, d)`` unit rows.
    """
    n = len(images)
    is_image = np.zeros(n, bool)
    is_image[np.random.default_rng(seed).permutation(n)[: n // 2]] = True
    items = np.where(is_image[:, None], images, texts)
    scores = queries @ items.T
    target = np.arange(n)
    answer: dict[str, float] = {}
    for name, ranked in (("raw", scores), ("standardized", standardized(scores, is_image))):
        wanted = ranked[target, target][:, None]
        hit = (ranked > wanted).sum(1) < k
        answer |= {name: float(hit.mean()), f"{name} image": float(hit[is_image].mean())}
        answer[f"{name} text"] = float(hit[~is_image].mean())
    return answer


class Bundled:
    """The bundled model as it ships, with vectors as numpy arrays."""

    def __init__(self) -> None:
        from modgap.encoders.bundled import load_bundled

        self.model, self.preprocess, self.tokenizer = load_bundled()

    @torch.inference_mode()
    def texts(self, texts: list[str]) -> np.ndarray:
        """Unit rows ``(len(texts), 512)``."""
        parts = [self.tokenizer(texts[i : i + 256]) for i in range(0, len(texts), 256)]
        return torch.cat([self.model.encode_text(ids, normalize=True) for ids in parts]).numpy()

    @torch.inference_mode()
    def pictures(self, pictures: list[Image.Image]) -> np.ndarray:
        """Unit rows ``(len(pictures), 512)``."""
        parts = [pictures[i : i + 64] for i in range(0, len(pictures), 64)]
        batches = (torch.stack([self.preprocess(picture) for picture in part]) for part in parts)
        return torch.cat([self.model.encode_image(batch, normalize=True) for batch in batches]).numpy()

    def photos(self, paths: list[Path]) -> np.ndarray:
        """Unit rows of picture files, ``(len(paths), 512)``."""
        return self.pictures([Image.open(path).convert("RGB") for path in paths])


def flickr_figures(images: np.ndarray, captions: np.ndarray) -> dict[str, Any]:
    """All figures of the model card.

    Args:
        images: ``(n, d)`` unit rows.
        captions: ``(n, 5, d)`` unit rows.
    """
    query, target = captions[:, 0], np.arange(len(images))
    return {
        "text-to-image": recall(query @ images.T, target),
        "image-to-text": recall(images @ query.T, target),
        "text-to-text (caption 0 to caption 1)": recall(query @ captions[:, 1].T, target),
        "centroid gap": centroid_gap(images, query),
        "mixed corpus, recall@20": mixed_recall(query, images, captions[:, 1]),
    }


def evaluate(flickr8k: Path, sample: Path) -> dict[str, Any]:
    """Figures of the model in ``assets/`` on Flickr8k dev, and on the sample photographs if `sample` has them."""
    bundled = Bundled()
    split = read_flickr8k(flickr8k, "dev")
    captions = bundled.texts([text for texts in split.captions for text in texts])
    images = bundled.pictures(list(split.pictures()))
    captions = captions.reshape(len(images), 5, -1)
    figures = flickr_figures(images, captions)
    if (sample / "photos").is_dir():
        paths = sorted((sample / "photos").glob("*.webp"))
        photos = dict(zip([path.stem for path in paths], bundled.photos(paths), strict=True))
        queries = bundled.texts(list(QUERIES.values()))
        passages = [path.read_text(encoding="utf-8").strip() for path in sorted((sample / "passages").glob("*.txt"))]
        half = len(images) // 2
        figures["plain words among Flickr8k dev, first five"] = found_by_plain_words(
            photos, images[:half], captions[half:, 1], queries
        )
        figures["plain words in the sample corpus, first five"] = found_by_plain_words(
            photos, images[:0], bundled.texts(passages), queries
        )
    return figures


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description="Figures of the bundled model.")
    parser.add_argument("--flickr8k", type=Path, default=Path("../shared/flickr8k"))
    parser.add_argument("--sample", type=Path, default=Path("assets/sample/corpus"))
    arguments = parser.parse_args()
    print(json.dumps(evaluate(arguments.flickr8k, arguments.sample), indent=2))


if __name__ == "__main__":
    main()
