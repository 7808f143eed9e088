"""What belongs to one visitor, and where it is kept: by the page's session, in memory, for an hour of silence at most.

Gradio's own `gr.State` keeps a connection open for each tab, and a browser allows about six to one host, so a sixth
tab would hang; a store by session hash needs none.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from modgap.calibration import Calibration
from modgap.calibration.queries import CalibrationQueries
from modgap.errors import ModgapError
from modgap.evaluation import Evaluation
from modgap.items import Item, Modality
from modgap.search.collection import Collection
from modgap.vectors import Vectors

MOST_VISITS = 64  # corpora in memory at most; about 20 MB each for a thousand pictures and as many passages
IDLE_SECONDS = 3600
MOST_EMPTY = 1000  # visits without a corpus, about 10 KB each: pages that were looked at, or put away and asked again
MOST_HISTORY = 8


@dataclass(frozen=True)
class LoadedCorpus:
    """A visitor's corpus, encoded. Replaced as a whole, never changed, so that no search sees half of a new one.

    thumbnails: by row of the collection, as data URIs; nothing of a picture can be fetched by a URL.
    sample: is it the corpus that ships with the app? model: the visitor's choice; "" for the operator's.
    """

    collection: Collection
    thumbnails: dict[int, str]
    sample: bool = False
    model: str = ""


Calibrated = tuple[Calibration, dict[Modality, CalibrationQueries]]
"""A calibration and the queries behind it, by modality."""


@dataclass(frozen=True)
class PageQuery:
    """What the visitor searched for last: words, an item of the corpus, or an uploaded picture with its thumbnail.

    at: the number of the click, greater for later ones; 0 where it was none.
    """

    query: str | Item | Image.Image
    title: str
    thumbnail: str | None = None
    at: float = 0

    @property
    def is_words(self) -> bool:
        return isinstance(self.query, str)


@dataclass(frozen=True)
class CaptionPicture:
    """The picture whose captions a visitor scores: its name, its thumbnail as a data URI, its unit vector (d,)."""

    name: str
    thumbnail: str
    vector: Vectors = field(repr=False)


@dataclass
class Visit:
    """One visitor's page. asked: the last search that was answered, or that is on its way.

    cancelled: set by the visitor while a corpus is read; what reads it stops.
    caption_picture: what the room of captions shows. evaluation: the last one of its room.
    also: the method of the third column, if any. history: words that were searched, the latest first.
    kept: what rooms have measured, by name, for one corpus and calibration.
    before: the calibration in use before the last one, with its queries, to go back to.
    """

    loaded: LoadedCorpus | None = None
    asked: PageQuery | None = None
    cancelled: threading.Event = field(default_factory=threading.Event, repr=False)
    caption_picture: CaptionPicture | None = None
    evaluation: Evaluation | None = None
    also: str | None = None
    history: list[str] = field(default_factory=list)
    kept: dict[str, tuple[tuple[object, object], Any]] = field(default_factory=dict, repr=False)
    before: Calibrated | None = field(default=None, repr=False)
    seen: float = field(default=0.0, repr=False)

    @contextmanager
    def asking(self, asked: PageQuery) -> Iterator[Callable[[], bool]]:
        """Around the answer to one search; the function tells whether it is still the last that was asked for.

        Searches may overtake each other, and who types the next one wants no answer to the one before. A search that
        fails leaves the one before in its place.
        """
        before = self.asked
        if before is not None and before.at > asked.at > 0:
            yield lambda: False
            return
        self.asked = asked
        try:
            yield lambda: self.asked is asked
        except Exception:
            if self.asked is asked:
                self.asked = before
            raise

    def remember(self, words: str) -> None:
        """Put words at the head of the history."""
        self.history = [words, *(each for each in self.history if each != words)][:MOST_HISTORY]

    def measured(self, name: str, measure: Callable[[], Any]) -> Any:
        """What a room has measured of this corpus under this calibration; measured now where it has not been."""
        collection = self.require_loaded().collection
        of = (collection, collection.calibration)
        kept = self.kept.get(name)
        if kept is None or not all(a is b for a, b in zip(kept[0], of, strict=True)):
            self.kept[name] = (of, measure())
        return self.kept[name][1]

    def require_loaded(self) -> LoadedCorpus:
        """The corpus. Raises ModgapError while there is none."""
        if self.loaded is None:
            raise ModgapError(
                "There is no corpus yet, or it was put away after a while without use: reload the page, then load the "
                "sample or add your files."
            )
        return self.loaded


class Visits:
    """All visits of one app by session hash; the longest unseen go first when there are too many or it was too long.

    most: corpora. A visit without one costs next to nothing, and takes nobody's corpus away.
    """

    def __init__(
        self, most: int = MOST_VISITS, idle_seconds: float = IDLE_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = most
        self._idle = idle_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._visits: OrderedDict[str, Visit] = OrderedDict()

    def of(self, session_hash: str | None) -> Visit:
        """The visit of a session, a fresh one at first sight. Raises ModgapError for a call without a session."""
        if not session_hash:
            raise ModgapError("This needs a page of the app: open it in a browser.")
        with self._lock:
            now = self._clock()
            visit = self._visits.pop(session_hash, None) or Visit()
            visit.seen = now
            self._visits[session_hash] = visit
            self._put_away(now)
            return visit

    def sweep(self) -> None:
        """Put away what was idle for too long, and the longest unseen of too many, as after a corpus has arrived.

        `of` does so too, but on a quiet server nobody calls it.
        """
        with self._lock:
            self._put_away(self._clock())

    def sweep_every(self, seconds: float) -> threading.Thread:
        """Sweep from now on, in a thread that ends with this store."""
        thread = threading.Thread(target=_sweeping, args=(weakref.ref(self), seconds), name="put-away", daemon=True)
        thread.start()
        return thread

    def _put_away(self, now: float) -> None:
        for name in [name for name, each in self._visits.items() if now - each.seen > self._idle]:
            del self._visits[name]
        full = [name for name, each in self._visits.items() if each.loaded is not None]
        empty = [name for name, each in self._visits.items() if each.loaded is None]
        for name in (*full[: -self._most], *empty[:-MOST_EMPTY]):
            del self._visits[name]

    def __len__(self) -> int:
        return len(self._visits)


def _sweeping(visits: weakref.ref[Visits], seconds: float) -> None:
    while (store := visits()) is not None:
        store.sweep()
        del store
        time.sleep(seconds)
