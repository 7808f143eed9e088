"""A small HTTP server that answers the requests of the OpenSearch engine as the k-NN plugin documents them.

It scans exactly and knows three spaces. It stands in for a server of OpenSearch's makers, which is not at hand.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np

SCORES = {
    "cosinesimil": lambda q, v: (1 + float(q @ v) / float(np.linalg.norm(q) * np.linalg.norm(v))) / 2,
    "innerproduct": lambda q, v: 1 + float(q @ v) if float(q @ v) >= 0 else 1 / (1 - float(q @ v)),
    "l2": lambda q, v: 1 / (1 + float(((q - v) ** 2).sum())),
}


class OpenSearchServer:
    """indexes: {name: {"mappings": ..., "documents": {id: source}}}. space: given to indexes that name none."""

    def __init__(self) -> None:
        self.indexes: dict[str, dict[str, Any]] = {}
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *arguments: object) -> None:
                """Say nothing."""

            def _answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                status, document = owner.answer(self.command, self.path.split("?")[0], self.rfile.read(length).decode())
                body = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_HEAD = _answer  # noqa: N815 - names of the base class

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, command: str, path: str, body: str) -> tuple[int, Any]:
        parts = [part for part in path.split("/") if part]
        if parts == ["_msearch"]:
            lines = [json.loads(line) for line in body.splitlines() if line]
            searches = zip(lines[::2], lines[1::2], strict=True)
            return 200, {"responses": [self._search(head["index"], request) for head, request in searches]}
        if parts == ["_bulk"]:
            return 200, self._bulk([json.loads(line) for line in body.splitlines() if line])
        if command == "PUT":
            self.indexes[parts[0]] = {"mappings": json.loads(body)["mappings"], "documents": {}}
            return 200, {"acknowledged": True}
        if parts[0] not in self.indexes:
            return 404, {"error": {"reason": f"no such index [{parts[0]}]"}, "status": 404}
        return 200, {} if command == "HEAD" else self._of_index(*parts, body=body)

    def _of_index(self, name: str, request: str, *, body: str) -> dict[str, Any]:
        index = self.indexes[name]
        if request == "_mapping":
            return {name: {"mappings": index["mappings"]}}
        if request == "_mget":
            there = index["documents"]
            ids = json.loads(body)["ids"]
            return {"docs": [{"_id": i, "found": i in there, "_source": there.get(i, {})} for i in ids]}
        return self._search(name, json.loads(body))

    def _bulk(self, lines: list[dict[str, Any]]) -> dict[str, Any]:
        for head, document in zip(lines[::2], lines[1::2], strict=True):
            self.indexes[head["index"]["_index"]]["documents"][head["index"]["_id"]] = document
        return {"errors": False, "items": []}

    def _search(self, name: str, request: dict[str, Any]) -> dict[str, Any]:
        documents = self.indexes[name]["documents"]
        if "aggs" in request:
            field = request["aggs"]["groups"]["terms"]["field"]
            names = [each[field] for each in documents.values()]
            buckets = [{"key": key, "doc_count": names.count(key)} for key in sorted(set(names))]
            return {"aggregations": {"groups": {"buckets": buckets}}}
        query = request["query"]
        if "function_score" in query:
            inside = _matching(query["function_score"]["query"]["bool"]["filter"], documents)
            hits = [(1.0, key) for key in inside]
        elif "script_score" in query:
            script = query["script_score"]
            inside = _matching(script["query"]["bool"]["filter"], documents)
            wanted = script["script"]["params"]
            hits = _scored(wanted["query_value"], wanted["field"], wanted["space_type"], inside)
        else:
            (field, wanted), *_ = query["knn"].items()
            mapped = self.indexes[name]["mappings"]["properties"][field]
            inside = _matching(wanted["filter"], documents)
            hits = _scored(wanted["vector"], field, mapped["space_type"], inside)[: wanted["k"]]
        found = [{"_id": key, "_score": score, "_source": documents[key]} for score, key in hits[: request["size"]]]
        return {"hits": {"hits": found}}


def _matching(condition: dict[str, Any], documents: dict[str, Any]) -> dict[str, Any]:
    (field, value), *_ = condition["term"].items()
    return {key: each for key, each in documents.items() if each[field] == value}


def _scored(query: list[float], field: str, space: str, documents: dict[str, Any]) -> list[tuple[float, str]]:
    q = np.asarray(query)
    scored = [(SCORES[space](q, np.asarray(each[field])), key) for key, each in documents.items()]
    return sorted(scored, key=lambda hit: (-hit[0], hit[1]))
