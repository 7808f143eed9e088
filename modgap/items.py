"""The items of a corpus: an `Item` is one picture or one passage.

An item's `modality` says which tower of a model encodes it (text or image). Its `group` says which statistics its
scores are compared with; it may have any name and is the modality's by default. Methods, calibration, search and
evaluation run over the groups that a corpus has, two or ten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path


class Modality(str, Enum):
    """Which tower of a model encodes an item. A member equals its name: `Modality.IMAGE == "image"`."""

    TEXT = "text"
    IMAGE = "image"

    def __str__(self) -> str:
        return self.value

    @classmethod
    def from_group(cls, group: str) -> Modality:
        """The modality of a group whose items do not say it themselves: "image" is pictures, every other is text."""
        return cls.IMAGE if group == cls.IMAGE.value else cls.TEXT


_WORDS = {Modality.TEXT.value: "passages", Modality.IMAGE.value: "pictures"}


def group_plural(group: str) -> str:
    """The word for several items of a group in a sentence.

    >>> group_plural("image"), group_plural("licences")
    ('pictures', 'items of "licences"')
    """
    return _WORDS.get(group, f'items of "{group}"')


def group_counted(group: str, n: int) -> str:
    """The word that stands after the number n.

    >>> group_counted("image", 1), group_counted("text", 2), group_counted("licences", 1)
    ('picture', 'passages', 'item of "licences"')
    """
    if n != 1:
        return group_plural(group)
    return _WORDS[group].removesuffix("s") if group in _WORDS else f'item of "{group}"'


def counts_in_words(counts: Mapping[str, int]) -> str:
    """Items by group in words, pictures first.

    >>> counts_in_words({"text": 2, "image": 1})
    '1 picture and 2 passages'
    >>> counts_in_words({"text": 2, "image": 1, "licences": 3})
    '1 picture, 2 passages and 3 items of "licences"'
    """
    first = [group for group in (Modality.IMAGE.value, Modality.TEXT.value) if group in counts]
    order = [*first, *(group for group in counts if group not in first)]
    *most, last = [f"{counts[group]} {group_counted(group, counts[group])}" for group in order]
    return f"{', '.join(most)} and {last}" if most else last


def fused_in_words(n: int) -> str:
    """How many items are a picture and a text at once, as it stands behind counts.

    >>> fused_in_words(1), fused_in_words(2)
    ('1 item is both', '2 items are both')
    """
    return f"{n} item is both" if n == 1 else f"{n} items are both"


def ordered_groups(groups: Iterable[str]) -> tuple[str, ...]:
    """Each group once: "text", "image", then the others in the order in which they first appear.

    >>> ordered_groups(["licences", "image", "text", "image"])
    ('text', 'image', 'licences')
    """
    seen = dict.fromkeys(groups)
    first = [modality.value for modality in Modality if modality.value in seen]
    return (*first, *(group for group in seen if group not in first))


def _cut(text: str) -> str:
    """The first line of a text, or its beginning."""
    first_line = text.strip().splitlines()[0]
    return first_line if len(first_line) <= 80 else first_line[:79].rstrip() + "…"


class ModalityByGroup:
    """The modality of each group. A group holds items of one modality, since a mixture has no statistics in common.

    "text" and "image" hold what their names say.

    >>> held = ModalityByGroup()
    >>> held.add("notes", Modality.TEXT), held.add("notes", Modality.IMAGE)
    ('', 'the group "notes", which holds passages: give pictures a group of their own')
    """

    def __init__(self) -> None:
        self._held = {modality.value: modality for modality in Modality}

    def fault(self, group: str, modality: Modality) -> str:
        """Why a group cannot hold an item of this modality, as the end of a sentence; empty where it can."""
        held = self._held.get(group, modality)
        if held is modality:
            return ""
        return (
            f'the group "{group}", which holds {group_plural(held.value)}: give {group_plural(modality.value)} a group '
            f"of their own"
        )

    def add(self, group: str, modality: Modality) -> str:
        """Let a group hold an item of this modality, unless there is a fault, which is returned."""
        fault = self.fault(group, modality)
        if not fault:
            self._held.setdefault(group, modality)
        return fault


@dataclass(frozen=True)
class Item:
    """One picture or one passage.

    id: unique in its corpus; for a folder the path below it with "/".
    modality: which tower encodes it.
    text: the passage (text items only).
    path: the file that holds the picture (image items only); None for vectors without files.
    caption: the words that came with a picture, kept and shown, never encoded with it; of a text that was put together
        from several columns, how it is shown.
    source: the id of the document that a passage was cut from; None for a text that is whole.
    group: which statistics its scores are compared with; the modality's name if left out.
    parent: the id of the item that a picture and its text make together; empty where it stands alone.
    """

    id: str
    modality: Modality
    text: str | None = None
    path: Path | None = None
    caption: str | None = None
    source: str | None = None
    group: str = ""
    parent: str = ""

    def __post_init__(self) -> None:
        if not self.group:
            object.__setattr__(self, "group", self.modality.value)

    @property
    def title(self) -> str:
        """A few words to show for the item: the beginning of its text, or the file's name without its ending.

        >>> Item("photos/old-windmill.webp", Modality.IMAGE).title
        'old windmill'
        """
        if words := self.caption or self.text:
            return _cut(words)
        return Path(self.id).stem.replace("-", " ").replace("_", " ")


@dataclass(frozen=True)
class Side:
    """One side of a hit that is a picture and a text at once: its group, cosine, z and fit, as those of `Hit`."""

    group: str
    score: float
    z: float | None = None
    fit: float | None = None


@dataclass(frozen=True)
class Hit:
    """One result of a search.

    rank: from 1.
    modality, group: of the item; the group is the modality's name if left out. Of an item that is a picture and a text
        at once, those of the side that found it.
    score: cosine of query and item, as encoded.
    z: the score in standard deviations from what the item's group usually reaches at best; None uncalibrated.
    fit: share of calibration queries whose best item of that group scored lower, 0..1; None uncalibrated.
    value: the method's own score; higher is better. Comparable inside one search only, so
        `as_dict` leaves it out; score, z and fit mean the same whatever the method.
    good_match: fit reaches the calibration's threshold, and the query itself matches better than meaningless words do
        (see `modgap.calibration.no_good_match`); None uncalibrated.
    sides: of an item that is a picture and a text at once, both of them, the one that found it first; else empty.
    item: what was found; of two sides the one that found it. None for a hit that was made by hand.
    """

    rank: int
    id: str
    modality: Modality
    score: float
    z: float | None = None
    fit: float | None = None
    value: float | None = None
    good_match: bool | None = None
    group: str = ""
    sides: tuple[Side, ...] = ()
    item: Item | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not self.group:
            object.__setattr__(self, "group", self.modality.value)

    def as_dict(self) -> dict[str, object]:
        """The hit as plain JSON values, floats rounded to 6 digits.

        `group` is there where it is another than the modality, `value` where a search ranked the hit by it.
        """

        def rounded(value: float | None) -> float | None:
            return None if value is None else round(value, 6)

        group = {} if self.group == self.modality.value else {"group": self.group}
        value = {} if self.value is None else {"value": rounded(self.value)}
        sides = [
            {"group": side.group, "score": rounded(side.score), "z": rounded(side.z), "fit": rounded(side.fit)}
            for side in self.sides
        ]
        return {
            "rank": self.rank,
            "id": self.id,
            "modality": self.modality.value,
            **group,
            "score": rounded(self.score),
            **value,
            "z": rounded(self.z),
            "fit": rounded(self.fit),
            **({"sides": sides} if sides else {}),
        }


def no_good_match(hits: Iterable[Hit]) -> bool:
    """True where hits were found and calibrated, and not one of them is a good match.

    >>> no_good_match([Hit(1, "a", Modality.TEXT, 0.2, -3.0, 0.01, good_match=False)])
    True
    """
    verdicts = [hit.good_match for hit in hits]
    return bool(verdicts) and all(verdict is False for verdict in verdicts)
