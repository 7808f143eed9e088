"""The state of one visitor, kept in memory by the page's session until an hour after its last use.

Gradio's own `gr.State` keeps a connection open for each tab, and a browser allows about six to one host, so a sixth
tab would hang; a store by session hash needs none.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from modgap.calibration import Calibration
from modgap.calibration.queries import CalibrationQueries
from modgap.errors import ModgapError
from modgap.evaluation import Evaluation
from modgap.items import Item, Modality
from modgap.search.collection import Collection
from modgap.search.mixed_query import MixedQuery
from modgap.ui.visit.allowance import Allowance
from modgap.ui.visit.table_preview import TablePreview
from modgap.vectors import Vectors

MAX_VISITS = 64  # corpora in memory; about 20 MB each for a thousand pictures and as many passages
IDLE_SECONDS = 3600
MAX_EMPTY_VISITS = (
    1000  # visits without a corpus, about 10 KB each: pages that were only looked at, or used again after their removal
)
MAX_HISTORY = 8
MAX_REQUESTS = 300  # a minute and page: far more than a person makes
MAX_MEGABYTES = 2000  # uploaded in an hour and page


@dataclass(frozen=True)
class LoadedCorpus:
    """A visitor's corpus, encoded. Replaced as a whole, never changed, so that no search sees half of a new one.

    thumbnails: by row of the collection, as data URIs; of an operator's engine they may be addresses of its own place.
    sample: whether it is the corpus that ships with the app. model: the visitor's choice; "" for the operator's.
    catalogue: whether it is the shipped catalogue of objects.
    engine: the product whose collection the operator offers; "" for a corpus in memory.
    """

    collection: Collection
    thumbnails: Mapping[int, str]
    sample: bool = False
    model: str = ""
    engine: str = ""
    catalogue: bool = False


Calibrated = tuple[Calibration, dict[Modality, CalibrationQueries]]
"""A calibration and the queries behind it, by modality."""


@dataclass(frozen=True)
class PageQuery:
    """The visitor's last query: words, an item of the corpus, or an uploaded picture with its thumbnail.

    words: asked for together with an item or a picture; empty for none.
    at: the number of the click, greater for later ones; 0 where it was not a click.
    """

    query: str | Item | Image.Image
    title: str
    thumbnail: str | None = None
    at: float = 0
    words: str = ""

    @property
    def is_words(self) -> bool:
        return isinstance(self.query, str)

    @property
    def whole(self) -> str | Item | Image.Image | MixedQuery:
        """What is searched for: the query, together with its words where it has some."""
        return MixedQuery([self.query, self.words]) if self.words else self.query


@dataclass(frozen=True)
class Pin:
    """A search that a visitor keeps for a story: words, or the id of an item; and what to say about it."""

    words: str = ""
    item: str = ""
    caption: str = ""


@dataclass(frozen=True)
class CaptionPicture:
    """The picture whose captions a visitor scores: its name, its thumbnail as a data URI, its unit vector (d,)."""

    name: str
    thumbnail: str
    vector: Vectors = field(repr=False)


@dataclass
class Visit:
    """One visitor's page. asked: the last query, answered or in progress.

    cancelled: set by the visitor while a corpus is read; reading then stops.
    caption_picture: the picture of the captions tab. evaluation: the last one of the evaluate tab.
    other_method: the method of the third column, if any. history: words that were searched, the latest first.
    kept: results that tabs have computed, by name, for one corpus and calibration.
    waiting: uploads whose table waits for its columns to be accepted.
    before: the previous calibration with its queries, to go back to.
    pins: the searches of the visitor's story, in its order. requests, sent: what is left of both allowances.
    answering: held while a search is answered, so that answers leave in the order of their searches.
    """

    loaded: LoadedCorpus | None = None
    asked: PageQuery | None = None
    cancelled: threading.Event = field(default_factory=threading.Event, repr=False)
    caption_picture: CaptionPicture | None = None
    evaluation: Evaluation | None = None
    other_method: str | None = None
    history: list[str] = field(default_factory=list)
    kept: dict[str, tuple[tuple[object, object], Any]] = field(default_factory=dict, repr=False)
    before: Calibrated | None = field(default=None, repr=False)
    waiting: TablePreview | None = field(default=None, repr=False)
    pins: tuple[Pin, ...] = ()
    requests: Allowance = field(default_factory=lambda: Allowance(0, 60, ""), repr=False)
    sent: Allowance = field(default_factory=lambda: Allowance(0, 3600, ""), repr=False)
    answering: threading.Lock = field(default_factory=threading.Lock, repr=False)
    seen: float = field(default=0.0, repr=False)

    @contextmanager
    def asking(self, asked: PageQuery) -> Iterator[Callable[[], bool]]:
        """Wraps the answer to one search; yields a function that returns whether it is still the latest search.

        Searches may overtake each other, and the answer to an earlier one is no longer wanted. A search that fails
        restores the one before.
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
        """Put words first in the history."""
        self.history = [words, *(each for each in self.history if each != words)][:MAX_HISTORY]

    def measured(self, name: str, measure: Callable[[], Any]) -> Any:
        """The result of a tab for this corpus and calibration, computed by `measure` where it is not kept yet."""
        collection = self.require_loaded().collection
        origin = (collection, collection.calibration)
        kept = self.kept.get(name)
        if kept is None or not all(a is b for a, b in zip(kept[0], origin, strict=True)):
            self.kept[name] = (origin, measure())
        return self.kept[name][1]

    def require_loaded(self) -> LoadedCorpus:
        """The corpus. Raises ModgapError while there is none."""
        if self.loaded is None:
            raise ModgapError(
                "There is no corpus yet, or it was removed after a while without use: reload the page, then load the "
                "sample or add your files."
            )
        return self.loaded


class Visits:
    """All visits of one app by session hash; the least recently used are removed when there are too many or too old.

    max_corpora: in memory. A visit without a corpus costs next to nothing and displaces no corpus.
    requests: a minute. megabytes: uploaded in an hour; both for each visit, 0 for no limit.
    """

    def __init__(
        self,
        max_corpora: int = MAX_VISITS,
        idle_seconds: float = IDLE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        *,
        requests: int = 0,
        megabytes: int = 0,
    ) -> None:
        self._max_corpora = max_corpora
        self._idle = idle_seconds
        self._clock = clock
        self._requests, self._megabytes = requests, megabytes
        self._lock = threading.Lock()
        self._visits: OrderedDict[str, Visit] = OrderedDict()

    @property
    def count(self) -> int:
        """Visits in memory."""
        return len(self._visits)

    @property
    def corpora(self) -> int:
        """Visits that hold a corpus."""
        return sum(visit.loaded is not None for visit in list(self._visits.values()))

    def visit_for(self, session_hash: str | None) -> Visit:
        """The visit of a session, created at its first call. Raises ModgapError for a call without a session."""
        if not session_hash:
            raise ModgapError("This needs a page of the app: open it in a browser.")
        with self._lock:
            now = self._clock()
            visit = self._visits.pop(session_hash, None) or self._new_visit()
            visit.seen = now
            self._visits[session_hash] = visit
            self._remove_old(now)
            return visit

    def request_of(self, session_hash: str | None, paths: Sequence[str | Path] = ()) -> Visit:
        """The visit of a session whose request is counted, with the bytes of what it uploaded.

        Raises ModgapError, with the time to wait, beyond what a visitor may use.
        """
        visit, now = self.visit_for(session_hash), self._clock()
        visit.requests.take(1, now)
        visit.sent.take(sum(Path(path).stat().st_size for path in paths if Path(path).is_file()) / 1e6, now)
        return visit

    def _new_visit(self) -> Visit:
        return Visit(
            requests=Allowance(self._requests, 60, "requests a minute"),
            sent=Allowance(self._megabytes, 3600, "MB an hour"),
        )

    def sweep(self) -> None:
        """Remove visits that were idle for too long, and the least recently used of too many, after a corpus is loaded.

        `visit_for` does so too, but on a quiet server nobody calls it.
        """
        with self._lock:
            self._remove_old(self._clock())

    def sweep_every(self, seconds: float) -> threading.Thread:
        """Call `sweep` every so many seconds, in a thread that ends with this object."""
        thread = threading.Thread(
            target=_sweep_forever, args=(weakref.ref(self), seconds), name="sweep-visits", daemon=True
        )
        thread.start()
        return thread

    def _remove_old(self, now: float) -> None:
        for name in [name for name, each in self._visits.items() if now - each.seen > self._idle]:
            del self._visits[name]
        full = [name for name, each in self._visits.items() if each.loaded is not None]
        empty = [name for name, each in self._visits.items() if each.loaded is None]
        for name in (*full[: -self._max_corpora], *empty[:-MAX_EMPTY_VISITS]):
            del self._visits[name]

    def __len__(self) -> int:
        return len(self._visits)


def _sweep_forever(visits: weakref.ref[Visits], seconds: float) -> None:
    while (store := visits()) is not None:
        store.sweep()
        del store
        time.sleep(seconds)
