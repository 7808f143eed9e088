"""What a corpus is made of: an `Item` is one picture or one passage, told apart by its `Modality`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path


class Modality(str, Enum):
    """The two kinds of item. A member equals its name: `Modality.IMAGE == "image"`."""

    TEXT = "text"
    IMAGE = "image"

    def __str__(self) -> str:
        return self.value

    @property
    def plural(self) -> str:
        """The word for several of them in a sentence: "passages", "pictures"."""
        return {"text": "passages", "image": "pictures"}[self.value]

    def counted(self, n: int) -> str:
        """The word that stands after the number n.

        >>> Modality.IMAGE.counted(1), Modality.TEXT.counted(2)
        ('picture', 'passages')
        """
        return self.plural.removesuffix("s") if n == 1 else self.plural


@dataclass(frozen=True)
class Item:
    """One picture or one passage.

    id: unique in its corpus; for a folder the path below it with "/".
    text: the passage (text items only).
    path: the file that holds the picture (image items only); None for vectors without files.
    caption: the words that came with a picture, kept and shown, never encoded with it.
    source: the id of the document that a passage was cut from; None for a text that is whole.
    """

    id: str
    modality: Modality
    text: str | None = None
    path: Path | None = None
    caption: str | None = None
    source: str | None = None

    @property
    def title(self) -> str:
        """A few words to show for the item: the beginning of its text, or the file's name without its ending.

        >>> Item("photos/old-windmill.webp", Modality.IMAGE).title
        'old windmill'
        """
        if self.text:
            first_line = self.text.strip().splitlines()[0]
            return first_line if len(first_line) <= 80 else first_line[:79].rstrip() + "…"
        if self.caption:
            return self.caption
        return Path(self.id).stem.replace("-", " ").replace("_", " ")


@dataclass(frozen=True)
class Hit:
    """One result of a search.

    rank: from 1.
    score: cosine of query and item, as encoded.
    z: the score in standard deviations from what the item's modality usually reaches at best; None uncalibrated.
    fit: share of calibration queries whose best item of that modality scored lower, 0..1; None uncalibrated.
    value: what the method ranked by, in its own units; higher is better. Comparable inside one search only, so
    `as_dict` leaves it out; score, z and fit mean the same whatever the method.
    good_match: fit reaches the calibration's threshold, and the query itself asks for something (see
        `modgap.evidence`); None uncalibrated.
    """

    rank: int
    id: str
    modality: Modality
    score: float
    z: float | None = None
    fit: float | None = None
    value: float | None = None
    good_match: bool | None = None

    def as_dict(self) -> dict[str, object]:
        """The hit as plain JSON values, floats rounded to what they can mean (6 digits)."""

        def rounded(value: float | None) -> float | None:
            return None if value is None else round(value, 6)

        return {
            "rank": self.rank,
            "id": self.id,
            "modality": self.modality.value,
            "score": rounded(self.score),
            "z": rounded(self.z),
            "fit": rounded(self.fit),
        }


def no_good_match(hits: Iterable[Hit]) -> bool:
    """True where hits were found and calibrated, and not one of them is a good match.

    >>> no_good_match([Hit(1, "a", Modality.TEXT, 0.2, -3.0, 0.01, good_match=False)])
    True
    """
    verdicts = [hit.good_match for hit in hits]
    return bool(verdicts) and all(verdict is False for verdict in verdicts)
