"""Background of caption scores: the mean vectors of I0T-Score, and the scores of pairs of a corpus.

A score alone says little. It is compared with the mean score of matching pairs (pictures and their captions; in a
corpus without captions, pictures and passages that are each other's nearest, its pseudo-positive pairs) and with the
scores of random pairs of the same corpus: a caption that scores below most of them is wrong.

Of a passage only the first sentence is used: captions are short, and the position of a text depends on its length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from modgap.calibration import Calibration
from modgap.calibration.queries import draw, first_sentence
from modgap.encoders import Encoder
from modgap.errors import CalibrationError
from modgap.items import Modality
from modgap.methods.centroids import mean_vector
from modgap.methods.i0t import pseudo_positive_pairs
from modgap.methods.pseudo_positives import require_two_groups
from modgap.metrics.caption import PREFIX, clip_score, i0t_score
from modgap.progress import Progress, silent
from modgap.search.collection import Collection
from modgap.vectors import Vectors

MAX_ITEMS = 1000  # pictures, and texts, of a corpus; more only take time
MAX_RANDOM_PAIRS = 20_000  # a percentile of them has an error of at most a third of a percent


@dataclass(frozen=True)
class Reference:
    """Scores of pairs of a corpus. mean_pair: mean of matching pairs. random: (n,) of random pairs, ascending."""

    mean_pair: float
    random: NDArray[np.float64] = field(repr=False)

    def share_below(self, score: float) -> float:
        """Share of the random pairs that score lower, 0..1; ties count half."""
        below, up_to = (np.searchsorted(self.random, score, side=side) for side in ("left", "right"))
        return float((below + up_to) / 2 / self.random.size)


@dataclass(frozen=True)
class Background:
    """Mean vectors of pictures and of texts (d,), and scores of pairs.

    source: of the means, in words ("the sample corpus").
    prefix: whether the texts were encoded with CLIPScore's prefix.
    references: by "clipscore" and "i0t_score"; empty where only means are known.
    pairs: kind and number of the matching pairs, in words.
    """

    image_mean: Vectors
    text_mean: Vectors
    source: str
    prefix: bool = False
    references: dict[str, Reference] = field(default_factory=dict, repr=False)
    pairs: str = ""

    @classmethod
    def from_collection(
        cls,
        collection: Collection,
        source: str,
        *,
        prefix: bool = False,
        means: Calibration | None = None,
        seed: int = 0,
        progress: Progress = silent,
    ) -> Background:
        """Means and pairs of an encoded corpus; the means of a calibration where one is given.

        Raises CalibrationError for a corpus of one modality whose pictures have no captions, of vectors without an
        encoder, or of fewer than two pictures or texts; and as `from_calibration` does.
        """
        if not any(item.caption for item in collection.items):
            require_two_groups(collection.counts)
        if collection.encoder is None:
            raise CalibrationError(
                "This corpus holds precomputed vectors and no encoder, so no caption can be scored with it: give the "
                "pictures and texts themselves."
            )
        images, texts, rows = _corpus_vectors(collection, collection.encoder, prefix, seed, progress)
        if min(images.shape[0], texts.shape[0]) < 2:
            raise CalibrationError("Scores of random pairs need two pictures and two texts or more: add some.")
        if means is None:
            found = cls(mean_vector(images), mean_vector(texts), source, prefix)
        else:
            found = replace(
                cls.from_calibration(means, model=collection.model, dimension=collection.dimension),
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
    def from_calibration(
        cls, calibration: Calibration, *, model: str, dimension: int, name: str = "the calibration"
    ) -> Background:
        """The means of a saved calibration, which has no pairs.

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
        """The scores (n,) of row-paired pictures and captions (n, d); name: "clipscore" or "i0t_score"."""
        if name == "clipscore":
            return clip_score(images, captions)
        return i0t_score(images, captions, image_mean=self.image_mean, text_mean=self.text_mean, clip=clip)


def prefixed(text: str, prefix: bool) -> str:
    """A caption as it is encoded.

    >>> prefixed("a dog", True)
    'A photo depicts a dog'
    """
    return f"{PREFIX} {text}" if prefix else text


def _corpus_vectors(
    collection: Collection, encoder: Encoder, prefix: bool, seed: int, progress: Progress
) -> tuple[Vectors, Vectors, NDArray[np.intp] | None]:
    """Pictures (n, d), texts (m, d), and the picture row of each text; None where the corpus has no captions."""
    items = collection.items
    images = draw([row for row, item in enumerate(items) if item.modality is Modality.IMAGE], MAX_ITEMS, seed)
    captioned = [row for row in images if items[row].caption]
    if len(captioned) > 1:
        at = {row: place for place, row in enumerate(images)}
        words = [items[row].caption or "" for row in captioned]
        rows = np.asarray([at[row] for row in captioned])
    else:
        texts = draw([row for row, item in enumerate(items) if item.modality is Modality.TEXT], MAX_ITEMS, seed)
        words, rows = [first_sentence(items[row].text or items[row].id) for row in texts], None
    vectors = encoder.encode_texts([prefixed(each, prefix) for each in words], progress=progress)
    return collection.vectors[images], vectors, rows


def _random_pairs(
    images: int, texts: int, belongs: Sequence[int] | NDArray[np.intp] | None, seed: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows of pictures and of texts: all pairs that do not match, or `MAX_RANDOM_PAIRS` of them."""
    image, text = (each.ravel() for each in np.meshgrid(np.arange(images), np.arange(texts), indexing="ij"))
    if belongs is not None:
        apart = image != np.asarray(belongs)[text]
        image, text = image[apart], text[apart]
    if image.size > MAX_RANDOM_PAIRS:
        drawn = np.random.default_rng(seed).choice(image.size, size=MAX_RANDOM_PAIRS, replace=False)
        image, text = image[drawn], text[drawn]
    return image, text
