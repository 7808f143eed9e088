"""OpenSearch: one k-NN search a group, filtered while the graph is walked. Never run on a server here.

Requests and answers follow the k-NN plugin's documentation (2.19 and newer). What a score is depends on the space:

    cosinesimil    score = (1 + cosine) / 2                      l2    score = 1 / (1 + d^2), cosine = 1 - d^2 / 2
    innerproduct   score = 1 + cosine where cosine >= 0, else 1 / (1 - cosine)

A sample is the first items of a group by the hash of a seeded random score.
"""

from __future__ import annotations

import copy
import importlib
import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from modgap.engines.advice import Advice, compared_with_exact
from modgap.engines.engine_url import EngineUrl
from modgap.engines.live import MOST_GROUPS, SAMPLE, LiveEngine
from modgap.engines.opensearch_snippet import opensearch as snippet
from modgap.engines.stored import Stored, batches
from modgap.errors import EngineError
from modgap.vectors import Vectors, unit_vectors

TIMEOUT = 120  # seconds for one request
MOST_ROWS = 500  # fetched in one request
NOT_RUN = "Written from the published interface; it has not run on a server of its makers."
_COSINE: dict[str, Callable[[float], float]] = {
    "cosinesimil": lambda s: 2 * s - 1,
    "innerproduct": lambda s: s - 1 if s >= 1 else 1 - 1 / s,
    "l2": lambda s: 1 - (1 / s - 1) / 2,
}


class OpenSearchEngine(LiveEngine):
    """An index with a `knn_vector` field and a `keyword` field that names the group; `_id` is the id."""

    def __init__(self, url: EngineUrl, *, sample: int = SAMPLE) -> None:
        super().__init__(url, sample=sample)
        self._package = _client()
        self._connected: Any = None
        self._space, self._width, self._model = "", 0, ""
        self._scans = False

    def exact(self) -> OpenSearchEngine:
        """The same index, scored item by item by the plugin's script."""
        twin = copy.copy(self)
        twin._scans = True
        return twin

    @property
    def dimension(self) -> int:
        self._look_at_mapping()
        return self._width

    @property
    def model(self) -> str:
        self._look_at_mapping()
        return self._model

    def _count_groups(self) -> dict[str, int]:
        self._look_at_mapping()
        groups = {"groups": {"terms": {"field": self.url.group, "size": MOST_GROUPS + 1}}}
        answer = self._ask("search", body={"size": 0, "aggs": groups})
        return {str(each["key"]): int(each["doc_count"]) for each in answer["aggregations"]["groups"]["buckets"]}

    def _nearest(self, queries: Vectors, k: int, group: str) -> list[list[tuple[str, float]]]:
        self._look_at_mapping()
        body: list[dict[str, Any]] = []
        for vector in queries.tolist():
            body += [{"index": self.url.name}, self._request(vector, k, group)]
        cosine = _COSINE["cosinesimil"] if self._scans else _COSINE[self._space]
        lists = []
        for answer in self._try("msearch", body=body)["responses"]:
            if "error" in answer:
                raise EngineError(
                    f"{self.url.place}, refused a search: {answer['error'].get('reason', answer['error'])}."
                )
            lists.append([(str(hit["_id"]), float(cosine(hit["_score"]))) for hit in answer["hits"]["hits"]])
        return lists

    def _request(self, vector: list[float], k: int, group: str) -> dict[str, Any]:
        """The search for the k best of a group; of an exact twin by the plugin's script, which reads every item."""
        of_group = {"term": {self.url.group: group}}
        query: dict[str, Any] = {"knn": {self.url.vector: {"vector": vector, "k": k, "filter": of_group}}}
        if self._scans:
            parameters = {"field": self.url.vector, "query_value": vector, "space_type": "cosinesimil"}
            script = {"source": "knn_score", "lang": "knn", "params": parameters}
            query = {"script_score": {"query": {"bool": {"filter": of_group}}, "script": script}}
        return {"size": k, "_source": False, "query": query}

    def _fetch(self, ids: Sequence[str]) -> list[Stored]:
        self._look_at_mapping()
        found = []
        for part in batches([*ids], MOST_ROWS):
            answer = self._ask("mget", body={"ids": [*part]}, _source_includes=self._fields())
            found += [self._stored(each["_id"], each["_source"]) for each in answer["docs"] if each.get("found")]
        return found

    def _draw(self, group: str, n: int) -> list[Stored]:
        random = {"random_score": {"seed": 0, "field": "_seq_no"}}
        of_group = {"bool": {"filter": {"term": {self.url.group: group}}}}
        body = {
            "size": min(n, 10_000),
            "_source": self._fields(),
            "query": {"function_score": {"query": of_group, **random, "boost_mode": "replace"}},
        }
        return [self._stored(hit["_id"], hit["_source"]) for hit in self._ask("search", body=body)["hits"]["hits"]]

    def create(self, dimension: int, model: str) -> None:
        if not self._exists():
            vector = {"type": "knn_vector", "dimension": dimension, "space_type": "cosinesimil"}
            method = {"name": "hnsw", "engine": "lucene"}
            fields = {
                self.url.vector: {**vector, "method": method},
                self.url.group: {"type": "keyword"},
                **({self.url.text: {"type": "text"}} if self.url.text else {}),
            }
            mappings = {"_meta": {"modgap_model": model}, "properties": fields}
            self._try(
                "indices.create", index=self.url.name, body={"settings": {"index.knn": True}, "mappings": mappings}
            )
        self._width = 0
        if self.dimension != dimension:
            raise EngineError(
                f"{self.url.place}, holds vectors of {self.dimension} dimensions and these have {dimension}: push to "
                f"another index."
            )

    def write(self, items: Sequence[Stored]) -> None:
        body: list[dict[str, Any]] = []
        for each in items:
            document: dict[str, Any] = {self.url.group: each.group, self.url.vector: each.vector.tolist()}
            if self.url.text and each.text is not None:
                document[self.url.text] = each.text
            body += [{"index": {"_index": self.url.name, "_id": each.id}}, document]
        answer = self._try("bulk", body=body, refresh=True)
        if answer.get("errors"):
            faults = [each["index"] for each in answer["items"] if "error" in each["index"]]
            raise EngineError(f'{self.url.place}, refused "{faults[0]["_id"]}": {faults[0]["error"].get("reason")}.')

    def advice(self, queries: Vectors, k: int = 10) -> Advice:
        """Compares what came back with the plugin's exact scoring script."""
        found = compared_with_exact(self.groups, self._nearest, self.exact()._nearest, queries, k)
        lines = [f"Space {self._space}; filters are applied inside a search.", NOT_RUN]
        return Advice(
            [*lines, *(f"{g}: {share:.0%} of the exact {k} best came back." for g, share in found.items())], [], found
        )

    def _exists(self) -> bool:
        return bool(self._try("indices.exists", index=self.url.name))

    def _look_at_mapping(self) -> None:
        """Find width and space. Raises EngineError for an index or a field that is not there."""
        if self._width:
            return
        if not self._exists():
            raise EngineError(f"{self.url.place}, is not there: push a corpus first (modgap push CORPUS URL).")
        mapping = next(iter(self._try("indices.get_mapping", index=self.url.name).values()))["mappings"]
        fields = mapping.get("properties", {})
        for what, kind in (("vector", "knn_vector"), ("group", "keyword")):
            name = getattr(self.url, what)
            if fields.get(name, {}).get("type") != kind:
                raise EngineError(
                    f'{self.url.place}, has no {kind} field "{name}" for {what}. It has: {", ".join(fields)}. Name it '
                    f"with {what}=FIELD in the URL."
                )
        field = fields[self.url.vector]
        self._space = field.get("space_type") or field.get("method", {}).get("space_type", "l2")
        if self._space not in _COSINE:
            raise EngineError(f"{self.url.place}, has the space {self._space}; {', '.join(_COSINE)} are known.")
        self._model = str(mapping.get("_meta", {}).get("modgap_model", ""))
        self._width = int(field["dimension"])

    def _fields(self) -> list[str]:
        return [each for each in (self.url.group, self.url.vector, self.url.text) if each]

    def _stored(self, name: str, source: dict[str, Any]) -> Stored:
        vector = unit_vectors(np.asarray(source[self.url.vector], dtype=np.float32)[None, :], ids=[name])[0]
        text = source.get(self.url.text)
        return Stored(name, str(source[self.url.group]), vector, str(text) if text is not None else None)

    def _ask(self, request: str, **parameters: Any) -> Any:
        return self._try(request, index=self.url.name, **parameters)

    def _try(self, request: str, **parameters: Any) -> Any:
        """One request. Raises EngineError for any failure of the client."""
        call: Any = self._open()
        for part in request.split("."):
            call = getattr(call, part)
        try:
            return call(**parameters)
        except self._package.exceptions.OpenSearchException as error:
            said = str(getattr(error, "error", "") or error).strip().splitlines()[0].rstrip(".")
            raise EngineError(f"{self.url.place}: {said}. Run the command again.") from error

    def _open(self) -> Any:
        if self._connected is None:
            url = self.url
            user, password = os.environ.get("OPENSEARCH_USER", url.user), os.environ.get("OPENSEARCH_PASSWORD", "")
            self._connected = self._package.OpenSearch(
                hosts=[{"host": url.host, "port": url.port or 9200}],
                http_auth=(user, password) if user and password else None,
                use_ssl=url.options.get("tls", "").lower() in ("1", "true", "yes"),
                timeout=TIMEOUT,
            )
        return self._connected


def connect(url: EngineUrl, *, sample: int = SAMPLE) -> OpenSearchEngine:
    """The engine of a URL; it connects when it is first asked."""
    return OpenSearchEngine(url, sample=sample)


def _client() -> Any:
    try:
        return importlib.import_module("opensearchpy")
    except ImportError as error:
        raise EngineError('OpenSearch needs a client: pip install "modgap[opensearch]".') from error


__all__ = ["NOT_RUN", "OpenSearchEngine", "connect", "snippet"]
