"""Milvus, a cluster or Milvus Lite in a file: one filtered search a group.

A filter is applied while the index is walked, so no group vanishes. What a distance is depends on the metric type:

    COSINE   the cosine          IP   the cosine, of unit vectors          L2   its square: cosine = 1 - d / 2

A sample is the first items of a group in the engine's own order, since Milvus draws none at random.
"""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from modgap.engines.advice import Advice, compared_with_exact
from modgap.engines.engine_url import EngineUrl
from modgap.engines.live import MOST_GROUPS, SAMPLE, LiveEngine
from modgap.engines.milvus_snippet import milvus as snippet
from modgap.engines.stored import Stored, batches
from modgap.errors import EngineError
from modgap.vectors import Vectors, unit_vectors

TIMEOUT = 120  # seconds for one request
MOST_ROWS = 1000  # fetched in one request: a message has 64 MB at most
MOST_TEXT = 60_000  # bytes of a VARCHAR field are 65,535
MOST_ID = 512  # characters
_MODEL = "modgap.model"  # a property of the collection
_COSINE = {"COSINE": lambda d: d, "IP": lambda d: d, "L2": lambda d: 1 - d / 2}


class MilvusEngine(LiveEngine):
    """A collection of Milvus with a field of float vectors and a VARCHAR field that names the group."""

    def __init__(self, url: EngineUrl, *, sample: int = SAMPLE) -> None:
        super().__init__(url, sample=sample)
        self._pymilvus = _client()
        self._connected: Any = None
        self._metric, self._width = "", 0
        self._fields: dict[str, dict[str, Any]] = {}
        self._properties: dict[str, Any] = {}

    @property
    def dimension(self) -> int:
        self._look_at_fields()
        return self._width

    @property
    def model(self) -> str:
        self._look_at_fields()
        return str(self._properties.get(_MODEL, ""))

    def _count_groups(self) -> dict[str, int]:
        """Milvus lists no values of a field: groups are asked for one by one, each time another than those found."""
        self._look_at_fields()
        found: dict[str, int] = {}
        while len(found) <= MOST_GROUPS:
            others = f"{self.url.group} not in {json.dumps([*found])}" if found else ""
            rows = self._ask("query", filter=others, output_fields=[self.url.group], limit=1)
            if not rows:
                return found
            group = str(rows[0][self.url.group])
            found[group] = int(self._ask("query", filter=self._is(group), output_fields=["count(*)"])[0]["count(*)"])
        return found

    def _nearest(self, queries: Vectors, k: int, group: str) -> list[list[tuple[str, float]]]:
        self._look_at_fields()
        parameters: dict[str, Any] = {"metric_type": self._metric, "params": {"ef": max(100, 2 * k)}}
        found = self._ask(
            "search",
            data=queries.tolist(),
            anns_field=self.url.vector,
            filter=self._is(group),
            limit=k,
            output_fields=[self.url.id],
            search_params=parameters,
        )
        cosine = _COSINE[self._metric]
        return [[(str(hit["entity"][self.url.id]), float(cosine(hit["distance"]))) for hit in hits] for hits in found]

    def _fetch(self, ids: Sequence[str]) -> list[Stored]:
        self._look_at_fields()
        wanted: list[Any] = [*ids]
        if self._fields[self.url.id]["type"] == self._pymilvus.DataType.INT64:
            wanted = [int(name) for name in ids if name.lstrip("-").isdigit()]
        found: list[Stored] = []
        for part in batches(wanted, MOST_ROWS):
            rows = self._ask(
                "query", filter=f"{self.url.id} in {json.dumps(part)}", output_fields=self._wanted_fields()
            )
            found += [self._stored(row) for row in rows]
        return found

    def _draw(self, group: str, n: int) -> list[Stored]:
        found: list[Stored] = []
        for start in range(0, n, MOST_ROWS):
            rows = self._ask(
                "query",
                filter=self._is(group),
                output_fields=self._wanted_fields(),
                limit=min(MOST_ROWS, n - start),
                offset=start,
            )
            found += [self._stored(row) for row in rows]
        return found

    def create(self, dimension: int, model: str) -> None:
        client, kinds = self._open(), self._pymilvus.DataType
        if not self._try("has_collection", collection_name=self.url.name):
            schema = client.create_schema(auto_id=False)
            schema.add_field(self.url.id, kinds.VARCHAR, max_length=MOST_ID, is_primary=True)
            schema.add_field(self.url.group, kinds.VARCHAR, max_length=100)
            schema.add_field(self.url.vector, kinds.FLOAT_VECTOR, dim=dimension)
            if self.url.text:
                schema.add_field(self.url.text, kinds.VARCHAR, max_length=65_535, nullable=True)
            index = client.prepare_index_params()
            index.add_index(self.url.vector, index_type="AUTOINDEX", metric_type="COSINE")
            properties = {_MODEL: model} if model else {}
            self._ask("create_collection", schema=schema, index_params=index, properties=properties)
        self._width = 0
        if self.dimension != dimension:
            raise EngineError(
                f"{self.url.place}, holds vectors of {self.dimension} dimensions and these have {dimension}: push to "
                f"another collection."
            )

    def write(self, items: Sequence[Stored]) -> None:
        if too_long := [each.id for each in items if len(each.id.encode()) > MOST_ID]:
            raise EngineError(f'The id "{too_long[0][:80]}..." is longer than {MOST_ID} bytes, which Milvus takes.')
        has_text = self.url.text in self._fields
        rows = []
        for each in items:
            row = {self.url.id: each.id, self.url.group: each.group, self.url.vector: each.vector.tolist()}
            rows.append({**row, self.url.text: _cut(each.text)} if has_text else row)
        self._ask("upsert", data=rows)

    def advice(self, queries: Vectors, k: int = 10) -> Advice:
        """Says the index and its metric, and compares what came back with an exact scan of the sample's items."""
        self._look_at_fields()
        index = self._ask("describe_index", index_name=self._index_name())
        kind = str(index.get("index_type", "unknown"))
        lines = [f"The vector index is {kind}, metric type {self._metric}: filters are applied inside a search."]
        found = compared_with_exact(self.groups, self._nearest, self._sampled_nearest, queries, k)
        lines += [
            f"{group}: {share:.0%} of the exact {k} best among {self.sampled().count(group):,} sampled items came "
            f"back or were beaten by others."
            for group, share in found.items()
        ]
        return Advice(lines, [], found)

    def _sampled_nearest(self, queries: Vectors, k: int, group: str) -> list[list[tuple[str, float]]]:
        """Of the sample's k best of a query, those that no item of a deeper search should keep out."""
        exact, given = self.sampled().top_k(queries, k, group), self._nearest(queries, k, group)
        names = [each.id for each in self.drawn()]
        lists = []
        for scores, rows, hits in zip(exact.scores.tolist(), exact.rows.tolist(), given, strict=True):
            least = hits[-1][1] if hits else -1.0
            lists.append([(names[row], score) for score, row in zip(scores, rows, strict=True) if score > least + 1e-5])
        return lists

    def _look_at_fields(self) -> None:
        """Find fields, width and metric. Raises EngineError for a collection or a field that is not there."""
        if self._width:
            return
        if not self._try("has_collection", collection_name=self.url.name):
            others = self._try("list_collections")
            raise EngineError(
                f"{self.url.place}, is not there. Collections: {', '.join(others) or 'none'}. Push a corpus first "
                f"(modgap push CORPUS URL)."
            )
        described = self._ask("describe_collection")
        self._fields = {each["name"]: each for each in described["fields"]}
        self._properties = described.get("properties") or {}
        for what in ("id", "vector", "group"):
            if (name := getattr(self.url, what)) not in self._fields:
                raise EngineError(
                    f'{self.url.place}, has no field "{name}" for {what}. It has: {", ".join(self._fields)}. Name it '
                    f"with {what}=FIELD in the URL."
                )
        width = self._fields[self.url.vector]["params"].get("dim")
        if not width:
            raise EngineError(f'The field "{self.url.vector}" of {self.url.place}, holds no vectors.')
        self._metric = str(self._ask("describe_index", index_name=self._index_name()).get("metric_type", "COSINE"))
        if self._metric not in _COSINE:
            raise EngineError(f"{self.url.place}, has the metric type {self._metric}; COSINE, IP or L2 is wanted.")
        self._ask("load_collection")
        self._width = int(width)

    def _index_name(self) -> str:
        names = self._ask("list_indexes", field_name=self.url.vector)
        if not names:
            raise EngineError(f"{self.url.place}, has no index on its vectors: create one (AUTOINDEX, metric COSINE).")
        return str(names[0])

    def _wanted_fields(self) -> list[str]:
        self._look_at_fields()
        fields = [self.url.id, self.url.group, self.url.vector]
        return [*fields, self.url.text] if self.url.text in self._fields else fields

    def _stored(self, row: dict[str, Any]) -> Stored:
        name = str(row[self.url.id])
        vector = unit_vectors(np.asarray(row[self.url.vector], dtype=np.float32)[None, :], ids=[name])[0]
        return Stored(name, str(row[self.url.group]), vector, row.get(self.url.text))

    def _is(self, group: str) -> str:
        return f"{self.url.group} == {json.dumps(group)}"

    def _ask(self, request: str, **parameters: Any) -> Any:
        return self._try(request, collection_name=self.url.name, **parameters)

    def _try(self, request: str, **parameters: Any) -> Any:
        """One request. Raises EngineError for any failure of the client."""
        try:
            return getattr(self._open(), request)(**parameters)
        except self._pymilvus.MilvusException as error:
            raise EngineError(f"{self.url.place}: {_one_line(error)}. Run the command again.") from error

    def _open(self) -> Any:
        if self._connected is None:
            url = self.url
            scheme = "https" if url.options.get("tls", "").lower() in ("1", "true", "yes") else "http"
            where = f"{scheme}://{url.host}:{url.port or 19530}" if url.host else url.path
            try:
                self._connected = self._pymilvus.MilvusClient(
                    uri=where, token=os.environ.get("MILVUS_TOKEN", ""), timeout=TIMEOUT
                )
            except Exception as error:  # the client raises what its transport or its file raises
                raise EngineError(f"{self.url.place}, cannot be reached: {_one_line(error)}.") from error
        return self._connected


def connect(url: EngineUrl, *, sample: int = SAMPLE) -> MilvusEngine:
    """The engine of a URL; it connects when it is first asked."""
    return MilvusEngine(url, sample=sample)


def _client() -> Any:
    try:
        return importlib.import_module("pymilvus")
    except ImportError as error:
        raise EngineError('Milvus needs a client: pip install "modgap[milvus]".') from error


def _cut(text: str | None) -> str | None:
    """The text in as many bytes as a VARCHAR field takes."""
    return None if text is None else text.encode()[:MOST_TEXT].decode(errors="ignore")


def _one_line(error: Exception) -> str:
    said = getattr(error, "message", "") or str(error)
    return said.strip().splitlines()[0].rstrip(".") if said.strip() else type(error).__name__


__all__ = ["MilvusEngine", "connect", "snippet"]
