"""Human ratings of captions, from a file in the format of Flickr8k-Expert and Flickr8k-CF as PAC-S distributes them.

    {id: {"image_path": "x.jpg", "ground_truth": [reference, ...], "human_judgement": [{"caption", "rating"}, ...]}}

Ratings that are NaN (CF has some) are skipped, as in the code of CLIPScore and PAC-S. Paths are relative to the folder
of the pictures and may not leave it: the file is not trusted. A picture that is not at its path is looked for by its
name in the folder itself, since many keep `Flicker8k_Dataset/x.jpg` as `x.jpg`.
"""

from __future__ import annotations

import json
import math
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modgap.corpus.json_lines import table_text
from modgap.corpus.limits import DEFAULT_LIMITS, Limits
from modgap.corpus.rows import inside
from modgap.corpus.text import clean_text
from modgap.errors import CorpusError

NAN = "ratings that are NaN"
NOT_A_RATING = "ratings that are not numbers or lie outside the scale"
NO_CAPTION = "rated captions that are empty or not text"
NO_CAPTIONS = "pictures without rated captions"
NO_PATH = "pictures without a path"
OUTSIDE = "pictures whose path leaves the folder"
MISSING = "pictures that do not exist"
NOT_AN_OBJECT = "entries that are not objects"
BROKEN = "pictures that cannot be decoded"

_MAX_RATING = 1e9  # beyond any scale; the squares of larger numbers lose the small ones in rounding


@dataclass(frozen=True)
class Rated:
    """A caption with its rating. picture: row of `Ratings.pictures`."""

    picture: int
    caption: str
    rating: float


@dataclass(frozen=True)
class Picture:
    """A rated picture: its id in the file, its file, its reference captions."""

    id: str
    path: Path
    references: tuple[str, ...]


@dataclass(frozen=True)
class Ratings:
    """The usable ratings, in the file's order.

    left_out: number of unusable entries by reason. examples: the first id of each reason.
    by_name: ids of pictures that were found by their name in the folder, and not at their path.
    """

    pictures: list[Picture]
    rated: list[Rated]
    left_out: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    by_name: list[str] = field(default_factory=list)


def read_ratings(path: Path, images: Path | None = None, limits: Limits = DEFAULT_LIMITS) -> Ratings:
    """Read a file of ratings. images: the folder of the pictures, by default that of the file.

    Raises CorpusError with the path where the file cannot be read, has another format, or has no usable rating.
    """
    document = _document(path, limits)
    folder = path.parent if images is None else images
    if not folder.is_dir():
        raise CorpusError(f"{folder} is not a folder: give the folder of the pictures with --images.")
    ratings = Ratings([], [])
    for name, entry in document.items():
        _gather(" ".join(clean_text(name).split()), entry, folder, ratings, limits)
    if not ratings.rated:
        raise CorpusError(f"{path} has no rating that can be used{_why(ratings)}: look at --images and at the file.")
    return ratings


def leave_out(ratings: Ratings, reason: str, name: str) -> None:
    """Count an entry that cannot be used; the first name of each reason is kept."""
    ratings.left_out[reason] += 1
    ratings.examples.setdefault(reason, name)


def _document(path: Path, limits: Limits) -> dict[str, Any]:
    text = table_text(path, limits)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CorpusError(f"{path} is not JSON ({error}): give a file of ratings as flickr8k.json.") from error
    if not isinstance(document, dict):
        raise CorpusError(f"{path} is JSON, but not an object of pictures by id: give a file of ratings.")
    if len(document) > limits.items:
        raise CorpusError(f"{path} has {len(document):,} pictures, which is too many ({limits.named('items')}).")
    return document


def _gather(name: str, entry: Any, folder: Path, ratings: Ratings, limits: Limits) -> None:
    if not isinstance(entry, dict):
        return leave_out(ratings, NOT_AN_OBJECT, name)
    judged = entry.get("human_judgement")
    if not isinstance(judged, list) or not judged:
        return leave_out(ratings, NO_CAPTIONS, name)
    path = _picture(name, entry.get("image_path"), folder, ratings)
    if path is None:
        return None
    found = [pair for each in judged if (pair := _judgement(name, each, ratings, limits)) is not None]
    if not found:
        return None
    known = entry.get("ground_truth")
    cleaned = [_words(each, limits) for each in known] if isinstance(known, list) else []
    ratings.pictures.append(Picture(name, path, tuple(each for each in cleaned if each)))
    ratings.rated.extend(Rated(len(ratings.pictures) - 1, caption, rating) for caption, rating in found)
    return None


def _picture(name: str, relative: Any, folder: Path, ratings: Ratings) -> Path | None:
    if not isinstance(relative, str) or not relative.strip():
        leave_out(ratings, NO_PATH, name)
        return None
    path = inside(folder, relative.strip())
    if path is None:
        leave_out(ratings, OUTSIDE, name)
        return None
    if os.path.isfile(path):  # for a name that is too long this is false, not an error
        return path
    flat = inside(folder, relative.strip().replace("\\", "/").rpartition("/")[2])
    if flat is None or not os.path.isfile(flat):
        leave_out(ratings, MISSING, name)
        return None
    ratings.by_name.append(name)
    return flat


def _judgement(name: str, judged: Any, ratings: Ratings, limits: Limits) -> tuple[str, float] | None:
    caption, rating = (judged.get("caption"), judged.get("rating")) if isinstance(judged, dict) else (None, None)
    words = _words(caption, limits)
    if not words:
        leave_out(ratings, NO_CAPTION, name)
        return None
    value = _number(rating)
    if value is None or math.isnan(value):
        leave_out(ratings, NOT_A_RATING if value is None else NAN, name)
        return None
    return words, value


def _number(rating: Any) -> float | None:
    if not isinstance(rating, int | float) or isinstance(rating, bool):
        return None
    try:
        value = float(rating)
    except OverflowError:  # an integer of hundreds of digits
        return None
    return None if abs(value) > _MAX_RATING else value


def _words(text: Any, limits: Limits) -> str:
    if not isinstance(text, str) or len(text) > limits.field_characters:
        return ""
    return " ".join(clean_text(text).split())


def _why(ratings: Ratings) -> str:
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in ratings.left_out.items())
    return f" ({reasons})" if reasons else ""
