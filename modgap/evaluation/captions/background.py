"""What a score is held against: the mean vectors of I0T-Score, and how the pairs of a corpus score.

A score alone says little. Beside it stand the mean score of pairs that belong together (the captions of the corpus's
pictures; where it has none, pictures and passages that are each other's nearest, its pseudo-positive pairs) and the
scores of random pairs of the same corpus: a caption that scores below most of them is a wrong one.

A passage stands for captions by its first sentence: a caption is short, and where a text lies depends on its length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from modgap.calibration import Calibration
from modgap.calibration.fit import require_both_modalities
from modgap.calibration.queries import first_sentence
from modgap.encoders import Encoder
from modgap.errors import CalibrationError
from modgap.items import Modality
from modgap.methods.centroids import mean_vector
from modgap.methods.i0t import pseudo_positive_pairs
from modgap.metrics.caption import PREFIX, clip_score, i0t_score
from modgap.progress import Progress, silent
from modgap.search.collection import Collection
from modgap.vectors import Vectors

MOST = 1000  # pictures, and texts, of a corpus; more only cost time
RANDOM_PAIRS = 20_000  # a percentile of them is right to a third of a percent


@dataclass(frozen=True)
class Reference:
    """How pairs of a corpus score. mean_pair: of pairs that belong together. random: (n,) random pairs, ascending."""

    mean_pair: float
    random: NDArray[np.float64] = field(repr=False)

    def share_below(self, score: float) -> float:
        """Share of the random pairs that score lower, 0..1; equals count half."""
        below, up_to = (np.searchsorted(self.random, score, side=side) for side in ("left", "right"))
        return float((below + up_to) / 2 / self.random.size)


@dataclass(frozen=True)
class Background:
    """Means of pictures and of texts (d,), and where they come from in words ("the sample corpus").

    references: by "clipscore" and "i0t_score"; empty where only means are known. pairs: what belongs together, in
    words, and how many. prefix: whether the texts behind all this were encoded with CLIPScore's prefix.
    """

    image_mean: Vectors
    text_mean: Vectors
    source: str
    prefix: bool = False
    references: dict[str, Reference] = field(default_factory=dict, repr=False)
    pairs: str = ""

    @classmethod
    def of_collection(
        cls,
        collection: Collection,
        source: str,
        *,
        prefix: bool = False,
        means: Calibration | None = None,
        seed: int = 0,
        progress: Progress = silent,
    ) -> Background:
        """Everything from an encoded corpus of both modalities; the means from a calibration where one is given.

        Raises CalibrationError for a corpus of one modality whose pictures have no captions, of vectors without an
        encoder, or of fewer than two pictures or texts; and as `of_calibration` does.
        """
        if not any(item.caption for item in collection.items):
            require_both_modalities(collection.modality)
        if collection.encoder is None:
            raise CalibrationError(
                "This corpus holds precomputed vectors and no encoder, so no caption can be scored with it: give the "
                "pictures and texts themselves."
            )
        images, texts, rows = _of_corpus(collection, collection.encoder, prefix, seed, progress)
        if min(images.shape[0], texts.shape[0]) < 2:
            raise CalibrationError("Scores of random pairs need two pictures and two texts or more: add some.")
        if means is None:
            found = cls(mean_vector(images), mean_vector(texts), source, prefix)
        else:
            found = replace(
                cls.of_calibration(means, model=collection.model, dimension=collection.dimension),
                source=f"the calibration; pairs: {source}",
            )
        if rows is None:
            stacked = np.concatenate([images, texts])
            kinds = np.repeat([Modality.IMAGE.value, Modality.TEXT.value], [images.shape[0], texts.shape[0]])
            matched = pseudo_positive_pairs(stacked, kinds)
            words = f"{matched[0].shape[0]:,} pictures and passages that are each other's nearest, taken for right"
        else:
            matched = images[rows], texts
            words = f"{texts.shape[0]:,} pictures with their own captions"
        drawn = _random_pairs(images.shape[0], texts.shape[0], rows, seed)
        references = {
            name: Reference(
                float(found.score(name, *matched).mean()),
                np.sort(found.score(name, images[drawn[0]], texts[drawn[1]])),
            )
            for name in ("clipscore", "i0t_score")
        }
        return replace(found, references=references, pairs=words)

    @classmethod
    def of_calibration(
        cls, calibration: Calibration, *, model: str, dimension: int, name: str = "the calibration"
    ) -> Background:
        """The means that a saved calibration carries; it keeps no pairs.

        Raises CalibrationError if it is for another model, or its file of means is missing.
        """
        calibration.require(model=model, dimension=dimension)
        if not {m.value for m in Modality} <= calibration.means.keys():
            raise CalibrationError(
                "I0T-Score needs mean vectors, and this calibration has none: keep the .safetensors file beside the "
                "calibration's .json, or calibrate the corpus again."
            )
        return cls(calibration.means[Modality.IMAGE.value], calibration.means[Modality.TEXT.value], name)

    def score(self, name: str, images: Vectors, captions: Vectors, *, clip: bool = False) -> NDArray[np.float64]:
        """The score named "clipscore" or "i0t_score" of pairs (n, d) and (n, d) -> (n,)."""
        if name == "clipscore":
            return clip_score(images, captions)
        return i0t_score(images, captions, image_mean=self.image_mean, text_mean=self.text_mean, clip=clip)


def prefixed(text: str, prefix: bool) -> str:
    """A caption as the encoder gets it.

    >>> prefixed("a dog", True)
    'A photo depicts a dog'
    """
    return f"{PREFIX} {text}" if prefix else text


def _of_corpus(
    collection: Collection, encoder: Encoder, prefix: bool, seed: int, progress: Progress
) -> tuple[Vectors, Vectors, NDArray[np.intp] | None]:
    """Pictures (n, d), texts (m, d), and the row of the picture that each text belongs to, where anybody knows."""
    items = collection.items
    images = _chosen([row for row, item in enumerate(items) if item.modality is Modality.IMAGE], seed)
    captioned = [row for row in images if items[row].caption]
    if len(captioned) > 1:
        at = {row: place for place, row in enumerate(images)}
        words = [items[row].caption or "" for row in captioned]
        rows = np.asarray([at[row] for row in captioned])
    else:
        texts = _chosen([row for row, item in enumerate(items) if item.modality is Modality.TEXT], seed)
        words, rows = [first_sentence(items[row].text or items[row].id) for row in texts], None
    vectors = encoder.encode_texts([prefixed(each, prefix) for each in words], progress=progress)
    return collection.vectors[images], vectors, rows


def _chosen(rows: list[int], seed: int) -> list[int]:
    """At most `MOST` of them, drawn by seed, in their order."""
    if len(rows) <= MOST:
        return rows
    return sorted(np.random.default_rng(seed).choice(rows, size=MOST, replace=False).tolist())


def _random_pairs(
    images: int, texts: int, belongs: Sequence[int] | NDArray[np.intp] | None, seed: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows of pictures and of texts: all pairs that do not belong together, or `RANDOM_PAIRS` of them."""
    image, text = (each.ravel() for each in np.meshgrid(np.arange(images), np.arange(texts), indexing="ij"))
    if belongs is not None:
        apart = image != np.asarray(belongs)[text]
        image, text = image[apart], text[apart]
    if image.size > RANDOM_PAIRS:
        drawn = np.random.default_rng(seed).choice(image.size, size=RANDOM_PAIRS, replace=False)
        image, text = image[drawn], text[drawn]
    return image, text
