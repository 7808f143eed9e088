"""What in a result the query matches, approximately: each part is hidden in turn, and the cosine measured again.

    effect(part) = cos(q, x) - cos(q, x without the part)

A positive effect says that the part speaks for the query. Parts of a picture are squares that overlap, in the picture's
mean colour while they are hidden; parts of a text are its words. Parts that only matter together are missed, as by any
occlusion (Zeiler and Fergus, arXiv 1311.2901, section 4.2).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageStat

from modgap.encoders import Encoder
from modgap.vectors import Vectors

GRID = 6  # squares a side: 37 pictures to encode, half a second with the bundled model
MOST_WORDS = 40  # of a text that are looked at; encoders read little more


def region_effects(
    encoder: Encoder, query_vector: Vectors, picture: Image.Image, grid: int = GRID
) -> NDArray[np.float64]:
    """The effect of each square of a picture, (grid, grid), rows from the top.

    query_vector: (d,) unit. A hidden square is as wide as two squares of the grid, around the middle of its own.
    """
    shown = picture.convert("RGB")
    mean = tuple(round(channel) for channel in ImageStat.Stat(shown).mean)
    width, height = shown.size[0] / grid, shown.size[1] / grid
    prepared = [encoder.prepare_picture(shown)]
    for row in range(grid):
        for column in range(grid):
            hidden = shown.copy()
            left, top = (column - 0.5) * width, (row - 0.5) * height
            box = (round(left), round(top), round(left + 2 * width), round(top + 2 * height))
            hidden.paste(mean, box)
            prepared.append(encoder.prepare_picture(hidden))
    cosines = encoder.encode_prepared(prepared) @ query_vector
    return (cosines[0] - cosines[1:]).astype(np.float64).reshape(grid, grid)


def word_effects(encoder: Encoder, query_vector: Vectors, text: str, most: int = MOST_WORDS) -> list[tuple[str, float]]:
    """Each of the first `most` words of a text with its effect. query_vector: (d,) unit."""
    words = text.split()[:most]
    if not words:
        return []
    without = [" ".join(words[:place] + words[place + 1 :]) or "." for place in range(len(words))]
    cosines = encoder.encode_texts([" ".join(words), *without]) @ query_vector
    return [(word, float(cosines[0] - left)) for word, left in zip(words, cosines[1:], strict=True)]


def shares(effects: NDArray[np.float64]) -> NDArray[np.float64]:
    """Effects as shares of the greatest, 0..1, negative ones 0: how strongly to draw them.

    >>> shares(np.array([0.02, -0.01, 0.01])).tolist()
    [1.0, 0.0, 0.5]
    """
    positive = np.maximum(effects, 0.0)
    most = positive.max(initial=0.0)
    return positive / most if most > 0 else positive
