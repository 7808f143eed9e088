"""Qdrant, a server or its client's local mode: one filtered search a group.

A filter is applied while the graph is walked, so no group vanishes. What a score is depends on the distance:

    Cosine   the cosine          Dot   the cosine, of unit vectors          Euclid   cosine = 1 - score^2 / 2

Points have numbers or UUIDs as ids; `push` derives a UUID from each id and keeps the id itself in the payload.
"""

from __future__ import annotations

import copy
import importlib
import os
import uuid
from collections.abc import Sequence
from typing import Any

import numpy as np

from modgap.engines.advice import Advice, compared_with_exact
from modgap.engines.engine_url import EngineUrl
from modgap.engines.live import MOST_GROUPS, SAMPLE, LiveEngine
from modgap.engines.qdrant_snippet import qdrant as snippet
from modgap.engines.stored import Stored, batches
from modgap.errors import EngineError
from modgap.vectors import Vectors, unit_vectors

TIMEOUT = 120  # seconds for one request
MOST_ROWS = 500  # fetched in one request: a message has 32 MB at most
MODEL_KEY = "modgap_model"  # in the payload: a collection has no place for notes
_NAMESPACE = uuid.UUID("6f1ffb5b-4a0f-4a55-9c39-3f4b1f1e6d0a")
_COSINE = {"Cosine": lambda s: s, "Dot": lambda s: s, "Euclid": lambda s: 1 - s * s / 2}


class QdrantEngine(LiveEngine):
    """A collection of Qdrant whose payload names the group of each point."""

    def __init__(self, url: EngineUrl, *, sample: int = SAMPLE) -> None:
        super().__init__(url, sample=sample)
        self._package, self._models = _client()
        self._connected: Any = None
        self._distance, self._width = "", 0
        self._using: str | None = None
        self._point_of: dict[str, Any] = {}
        self._model = ""
        self._scans = False

    def exact(self) -> QdrantEngine | None:
        """The same collection without its graph; None in local mode, which is exact."""
        if not self.url.host:
            return None
        twin = copy.copy(self)
        twin._scans = True
        return twin

    @property
    def dimension(self) -> int:
        self._look_at_collection()
        return self._width

    @property
    def model(self) -> str:
        self._look_at_collection()
        return self._model

    def _count_groups(self) -> dict[str, int]:
        """Groups are asked for one by one, each time another than those found: facets need an index."""
        self._look_at_collection()
        found: dict[str, int] = {}
        models = self._models
        while len(found) <= MOST_GROUPS:
            known = models.FieldCondition(key=self.url.group, match=models.MatchAny(any=[*found]))
            absent = models.IsEmptyCondition(is_empty=models.PayloadField(key=self.url.group))
            others = models.Filter(must_not=[absent, known] if found else [absent])
            points, _ = self._ask("scroll", scroll_filter=others, limit=1, with_payload=[self.url.group])
            if not points:
                return found
            group = str(points[0].payload[self.url.group])
            found[group] = int(self._ask("count", count_filter=self._is(group), exact=True).count)
        return found

    def _nearest(self, queries: Vectors, k: int, group: str) -> list[list[tuple[str, float]]]:
        self._look_at_collection()
        models = self._models
        parameters = (
            models.SearchParams(hnsw_ef=max(128, 2 * k), exact=self._scans) if self.url.host else None
        )  # local: exact
        requests = [
            models.QueryRequest(
                query=vector,
                using=self._using,
                filter=self._is(group),
                limit=k,
                params=parameters,
                with_payload=[self.url.id],
            )
            for vector in queries.tolist()
        ]
        cosine = _COSINE[self._distance]
        return [
            [(self._id(point), float(cosine(point.score))) for point in answer.points]
            for answer in self._ask("query_batch_points", requests=requests)
        ]

    def _fetch(self, ids: Sequence[str]) -> list[Stored]:
        self._look_at_collection()
        found = []
        for part in batches([self._point_of.get(name, _point_id(name)) for name in ids], MOST_ROWS):
            found += self._ask("retrieve", ids=[*part], with_payload=True, with_vectors=self._using_vectors())
        return [self._stored(point) for point in found if self.url.group in (point.payload or {})]

    def _draw(self, group: str, n: int) -> list[Stored]:
        found: list[Stored] = []
        offset = None
        while len(found) < n:
            points, offset = self._ask(
                "scroll",
                scroll_filter=self._is(group),
                limit=min(MOST_ROWS, n - len(found)),
                offset=offset,
                with_payload=True,
                with_vectors=self._using_vectors(),
            )
            found += [self._stored(point) for point in points]
            if offset is None or not points:
                break
        return found

    def create(self, dimension: int, model: str) -> None:
        models = self._models
        if not self._ask("collection_exists"):
            vectors = models.VectorParams(size=dimension, distance=models.Distance.COSINE)
            self._ask("create_collection", vectors_config=vectors)
            if self.url.host:  # local mode has no payload indexes
                keyword = models.PayloadSchemaType.KEYWORD
                self._ask("create_payload_index", field_name=self.url.group, field_schema=keyword)
        self._width = 0
        if self.dimension != dimension:
            raise EngineError(
                f"{self.url.place}, holds vectors of {self.dimension} dimensions and these have {dimension}: push to "
                f"another collection."
            )
        self._model = model

    def write(self, items: Sequence[Stored]) -> None:
        points = []
        for each in items:
            payload = {self.url.id: each.id, self.url.group: each.group, MODEL_KEY: self._model}
            if self.url.text and each.text is not None:
                payload[self.url.text] = each.text
            vector: Any = each.vector.tolist()
            points.append(
                self._models.PointStruct(
                    id=_point_id(each.id), vector={self._using: vector} if self._using else vector, payload=payload
                )
            )
        self._ask("upsert", points=points, wait=True)

    def advice(self, queries: Vectors, k: int = 10) -> Advice:
        """Compares what came back with an exact scan; says whether the group has a payload index."""
        information = self._ask("get_collection")
        create = []
        lines = [f"{self._distance} distance; filters are applied inside a search."]
        if self.url.host and self.url.group not in (information.payload_schema or {}):
            lines.append(f'The payload key "{self.url.group}" has no index, so each filter reads the payload.')
            create.append(
                f"PUT /collections/{self.url.name}/index\n"
                f'{{"field_name": "{self.url.group}", "field_schema": "keyword"}}'
            )
        found = compared_with_exact(self.groups, self._nearest, (self.exact() or self)._nearest, queries, k)
        lines += [f"{group}: {share:.0%} of the exact {k} best came back." for group, share in found.items()]
        return Advice(lines, create, found)

    def _look_at_collection(self) -> None:
        """Find width, distance and the vector's name. Raises EngineError for what is not there."""
        if self._width:
            return
        if not self._ask("collection_exists"):
            others = [each.name for each in self._try("get_collections").collections]
            raise EngineError(
                f"{self.url.place}, is not there. Collections: {', '.join(others) or 'none'}. Push a corpus first "
                f"(modgap push CORPUS URL)."
            )
        vectors = self._ask("get_collection").config.params.vectors
        if isinstance(vectors, dict):  # named vectors
            names = [*vectors]
            if self.url.vector not in vectors and len(names) != 1:
                raise EngineError(
                    f'{self.url.place}, has no vector "{self.url.vector}". It has: {", ".join(names)}. Name one with '
                    f"vector=NAME in the URL."
                )
            self._using = self.url.vector if self.url.vector in vectors else names[0]
            vectors = vectors[self._using]
        self._distance = str(getattr(vectors.distance, "value", vectors.distance))
        if self._distance not in _COSINE:
            raise EngineError(f"{self.url.place}, has the distance {self._distance}; Cosine, Dot or Euclid is wanted.")
        self._width = int(vectors.size)
        points, _ = self._ask("scroll", limit=1, with_payload=[MODEL_KEY])
        if points and points[0].payload:
            self._model = str(points[0].payload.get(MODEL_KEY, ""))

    def _using_vectors(self) -> Any:
        return [self._using] if self._using else True

    def _stored(self, point: Any) -> Stored:
        name, payload = self._id(point), point.payload or {}
        vector = point.vector[self._using] if self._using else point.vector
        unit = unit_vectors(np.asarray(vector, dtype=np.float32)[None, :], ids=[name])[0]
        text = payload.get(self.url.text)
        return Stored(name, str(payload[self.url.group]), unit, str(text) if text is not None else None)

    def _id(self, point: Any) -> str:
        """The id of the payload, or the point's own; remembers which point it is."""
        name = str((point.payload or {}).get(self.url.id, point.id))
        self._point_of[name] = point.id
        return name

    def _is(self, group: str) -> Any:
        models = self._models
        return models.Filter(must=[models.FieldCondition(key=self.url.group, match=models.MatchValue(value=group))])

    def _ask(self, request: str, **parameters: Any) -> Any:
        return self._try(request, collection_name=self.url.name, **parameters)

    def _try(self, request: str, **parameters: Any) -> Any:
        """One request. Raises EngineError for any failure of the client."""
        client = self._open()
        try:
            return getattr(client, request)(**parameters)
        except (ValueError, OSError, self._package.http.exceptions.ApiException) as error:
            raise EngineError(f"{self.url.place}: {_one_line(error)}. Run the command again.") from error

    def _open(self) -> Any:
        if self._connected is None:
            url = self.url
            try:
                if url.host:
                    self._connected = self._package.QdrantClient(
                        host=url.host,
                        port=url.port or 6333,
                        https=url.options.get("tls", "").lower() in ("1", "true", "yes"),
                        api_key=os.environ.get("QDRANT_API_KEY") or None,
                        timeout=TIMEOUT,
                    )
                else:
                    self._connected = self._package.QdrantClient(path=url.path)
            except Exception as error:  # the client raises what its transport or its folder raises
                raise EngineError(f"{self.url.place}, cannot be opened: {_one_line(error)}.") from error
        return self._connected


def connect(url: EngineUrl, *, sample: int = SAMPLE) -> QdrantEngine:
    """The engine of a URL; it connects when it is first asked."""
    return QdrantEngine(url, sample=sample)


def _client() -> tuple[Any, Any]:
    try:
        package = importlib.import_module("qdrant_client")
        importlib.import_module("qdrant_client.http.exceptions")
        return package, importlib.import_module("qdrant_client.models")
    except ImportError as error:
        raise EngineError('Qdrant needs a client: pip install "modgap[qdrant]".') from error


def _point_id(name: str) -> str:
    """The UUID of a pushed item: version 5 of its id, the same in every run."""
    return str(uuid.uuid5(_NAMESPACE, name))


def _one_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__


__all__ = ["QdrantEngine", "connect", "snippet"]
