"""One search of a visitor: the query that the page sends, and the rankings that answer it."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

from modgap.corpus import PictureOpener, open_picture
from modgap.errors import CalibrationError, ModgapError, PictureError
from modgap.items import Hit
from modgap.methods import DEFAULT_METHOD, METHODS, method_by_name
from modgap.search.collection import Collection
from modgap.search.query import EncodedQuery, SearchQuery
from modgap.ui.visit.private_files import deleted_after
from modgap.ui.visit.session import LoadedCorpus, PageQuery
from modgap.ui.visit.thumbnails import data_uri

MIN_RESULTS, DEFAULT_RESULTS, MAX_RESULTS = 5, 10, 20  # in each list
MAX_QUERY_CHARACTERS = 1000  # models read the first few dozen words


@dataclass(frozen=True)
class Answer:
    """The rankings of one query.

    calibrated: None where the collection is not calibrated; `reason` then says why.
    rank_change: by id, the places gained (+) or lost (-) from raw to calibrated. image_share: by list, 0..1.
    other, other_rank_change, other_title: the list of another method, where one was chosen; other_reason: why it is
    missing. floor: the least fit of a good match. readable: whether the model's vocabulary covers the query's words.
    """

    raw: list[Hit]
    calibrated: list[Hit] | None = None
    rank_change: dict[str, int] | None = None
    image_share: dict[str, float] = field(default_factory=dict)
    no_good_match: bool = False
    reason: str = ""
    other: list[Hit] = field(default_factory=list)
    other_rank_change: dict[str, int] = field(default_factory=dict)
    other_title: str = ""
    other_reason: str = ""
    readable: bool = True
    floor: float = 0.0


def answer_query(
    collection: Collection, query: SearchQuery, k: int, other: str | None = None, *, most: int = MAX_RESULTS
) -> Answer:
    """Both rankings, and that of another method; only the raw one, with the reason, where statistics are missing.

    k: hits of each list, held within MIN_RESULTS and `most`. other: the name of the other method, if any.
    """
    k = max(MIN_RESULTS, min(most, int(k)))
    query = collection.encode_query(query)
    if collection.calibration is not None:
        try:
            return _compared(collection, query, k, other)
        except CalibrationError as error:
            reason = str(error)
    else:
        reason = "Calibrate the corpus to see this list."
    return Answer(collection.search(query, k, method="raw"), reason=reason, readable=query.readable)


def _compared(collection: Collection, query: EncodedQuery, k: int, other: str | None) -> Answer:
    other_reason = ""
    try:
        found = collection.compare(query, k, other=other)
    except CalibrationError as error:
        if other is None:
            raise
        found, other_reason = collection.compare(query, k), str(error)
    return Answer(
        found.raw,
        found.calibrated,
        found.rank_change,
        found.image_share,
        found.no_good_match,
        other=found.other,
        other_rank_change=found.other_rank_change,
        other_title=method_by_name(other).title if other else "",
        other_reason=other_reason,
        readable=query.readable,
        floor=collection.calibration_in_use().fit_threshold,
    )


def words_as_query(words: str) -> PageQuery:
    """The text of the query box as a query. Raises ModgapError beyond MAX_QUERY_CHARACTERS, the limit of the box."""
    if len(words) > MAX_QUERY_CHARACTERS:
        raise ModgapError(f"The query has more than {MAX_QUERY_CHARACTERS:,} characters: shorten it.")
    return PageQuery(words, words)


def with_words(asked: PageQuery | None, words: str, together: bool) -> PageQuery:
    """The words of the box as a query; together with the picture or item that was asked for last, if that is wanted.

    Raises ModgapError for too many words.
    """
    typed = words_as_query(words)
    if asked is None or asked.is_words or not together:
        return typed
    return replace(asked, words=words.strip(), at=0)


def uploaded_picture(path: str | Path, open_picture: PictureOpener = open_picture) -> PageQuery:
    """An uploaded picture as a query; the file is deleted. Raises ModgapError if the file is not a picture."""
    name = Path(path).name
    with deleted_after([path]):
        try:
            picture = open_picture(Path(path))
        except PictureError as error:
            raise ModgapError(f"{name} {error}.") from error
        return PageQuery(picture, name, data_uri(picture))


@dataclass(frozen=True)
class LinkedState:
    """What a link to the page asks for. words: empty for none. other: the name of a method to compare with, if any."""

    words: str
    k: int
    other: str | None


def linked_state(data: object) -> LinkedState:
    """The state in an address, which anybody may write: what is not usable is left out.

    Raises ModgapError for too many words.
    """
    given = data if isinstance(data, dict) else {}
    words, k, other = (each if isinstance(each := given.get(name), str) else "" for name in ("q", "k", "with"))
    usable = other in METHODS and not method_by_name(other).needs_labels and other not in ("raw", DEFAULT_METHOD)
    count = int(k) if k.isdecimal() and len(k) < 4 else DEFAULT_RESULTS
    return LinkedState(
        str(words_as_query(words.strip()).query), max(MIN_RESULTS, min(MAX_RESULTS, count)), other if usable else None
    )


def clicked(loaded: LoadedCorpus, data: object) -> PageQuery:
    """The query of a click on the page: an example's words, or an item by its row.

    Raises ModgapError for anything else, such as a card of a corpus that is no longer loaded.
    """
    items = loaded.collection.items
    what, value = (data.get("ask"), data.get("value")) if isinstance(data, dict) else (None, None)
    at = data.get("at") if isinstance(data, dict) else None
    at = float(at) if isinstance(at, (int, float)) and abs(at) < sys.float_info.max else 0.0
    if what == "words" and isinstance(value, str):
        return replace(words_as_query(value), at=at)
    if what == "item" and isinstance(value, str) and value.isdecimal() and len(value) < 10 and int(value) < len(items):
        item = items[int(value)]
        return PageQuery(item, item.title, loaded.thumbnails.get(int(value)), at)
    raise ModgapError("That result belongs to a corpus that is no longer loaded: search again.")
