"""The live engine that an operator offers to all visitors: searched in place, read only.

    modgap serve --corpus postgresql://localhost/shop?table=items --pictures "https://shop.example/pictures/{id}"

Visitors share one connection and one automatic calibration; their own queries and calibrations stay theirs. Pictures
come from one place that the operator names, a URL or a path with "{id}" in it; no other address is shown or opened.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote, urlsplit

from modgap.calibration import Calibration
from modgap.corpus import PictureOpener, thumbnail
from modgap.engines.connect import open_engine
from modgap.engines.engine_url import parse_engine_url
from modgap.engines.live import LiveEngine
from modgap.errors import EngineError, ModgapError, PictureError
from modgap.items import Item, Modality
from modgap.search.live_collection import LiveCollection
from modgap.ui.visit.model import SharedEncoder
from modgap.ui.visit.session import Calibrated, LoadedCorpus
from modgap.ui.visit.thumbnails import MAX_SIDE, data_uri

KEPT_THUMBNAILS = 4000  # of pictures that lie in files
log = logging.getLogger("modgap.ui")


class OperatorEngine:
    """One engine for all visitors. It connects when the first one asks.

    url: of the engine. pictures: where its pictures are, see `PicturePlaces`; "" for nowhere. encoder: the operator's
        model, which must be the one that made the vectors. open_picture: decodes pictures that lie in files.
    Raises EngineError for a URL and ModgapError for a template that cannot be used.
    """

    def __init__(self, url: str, pictures: str, encoder: SharedEncoder, open_picture: PictureOpener) -> None:
        self.product = parse_engine_url(url).product
        self._url, self._encoder = url, encoder
        self._places = PicturePlaces(pictures, open_picture)
        self._lock = threading.Lock()
        self._engine: LiveEngine | None = None
        self._calibrated: Calibrated | None = None

    def load(self) -> LoadedCorpus:
        """The engine's corpus as one visitor has it, uncalibrated.

        Raises EngineError without the names of hosts and tables, which are in the log: strangers read the page.
        """
        try:
            with self._lock:
                if self._engine is None:
                    engine = open_engine(self._url)
                    engine.drawn()  # the sample has the first rows, as maps and lists of the page expect
                    self._engine = engine
            collection = LiveCollection(self._engine, self._encoder.get())
        except EngineError as error:
            log.warning("the engine is not ready: %s", error)
            raise EngineError(
                f"This server's {self.product} collection does not answer just now. Try again in a minute, or load "
                f"files of your own."
            ) from error
        return LoadedCorpus(collection, EnginePictures(collection.items, self._places), engine=self.product)

    def calibrate(self, loaded: LoadedCorpus, calibrate: Callable[[], Calibration]) -> Calibration:
        """Automatic calibration; `calibrate` computes it for the first visitor."""
        with self._lock:
            if self._calibrated is None:
                self._calibrated = calibrate(), loaded.collection.calibration_queries
        calibration, queries = self._calibrated
        loaded.collection.use(calibration, queries)
        return calibration


class PicturePlaces:
    """Where the picture of an id is: a template with "{id}" once, an address or an absolute path; "" for nowhere.

    Ids are quoted in addresses. An id that leads out of the template's own folder has no picture.
    """

    def __init__(self, template: str, open_picture: PictureOpener) -> None:
        parts = urlsplit(template)
        named = parts.path.startswith("/") and (parts.scheme in ("https", "http") if parts.netloc else not parts.scheme)
        if template and (template.count("{id}") != 1 or not named or "{id}" in parts.netloc):
            raise ModgapError(
                f'Pictures are named by an address or an absolute path with "{{id}}" in its path once, such as '
                f'https://shop.example/pictures/{{id}}; got "{template}".'
            )
        self._template = template
        self._in_files = template.startswith("/")
        self._made = lru_cache(KEPT_THUMBNAILS)(lambda path: _thumbnail(path, open_picture))

    def __bool__(self) -> bool:
        return bool(self._template)

    def picture(self, name: str) -> str:
        """What the page shows for an id: an address, or a thumbnail as a data URI; "" for no picture."""
        if not self._template or "\0" in name or ".." in name.replace("\\", "/").split("/"):
            return ""
        if not self._in_files:
            return self._template.replace("{id}", quote(name, safe="/"))
        root = Path(self._template.partition("{id}")[0]).resolve()
        root = root if self._template.partition("{id}")[0].endswith("/") else root.parent
        try:
            path = Path(self._template.replace("{id}", name)).resolve()
            return self._made(path) if path.is_relative_to(root) and path.is_file() else ""
        except OSError:  # such as a name that is too long for a file
            return ""


class EnginePictures(Mapping[int, str]):
    """Pictures by row, as `LoadedCorpus.thumbnails` has them, found when they are shown.

    items: of the engine; they grow as they are met.
    """

    def __init__(self, items: Sequence[Item], places: PicturePlaces) -> None:
        self._items, self._places = items, places

    def __getitem__(self, row: int) -> str:
        if row not in self:
            raise KeyError(row)
        return self._places.picture(self._items[row].id)

    def __iter__(self) -> Iterator[int]:
        return (row for row in range(len(self._items)) if row in self)

    def __contains__(self, row: object) -> bool:
        if not self._places or not isinstance(row, int) or not 0 <= row < len(self._items):
            return False
        return self._items[row].modality is Modality.IMAGE

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _thumbnail(path: Path, open_picture: PictureOpener) -> str:
    try:
        return data_uri(thumbnail(path, MAX_SIDE, open_picture))
    except PictureError:
        return ""
