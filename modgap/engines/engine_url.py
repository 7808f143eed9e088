"""The URL of a live engine: where it is, and which of its fields hold id, vector, group and text.

    postgresql://USER@HOST:5432/DB?table=items&id=id&vector=embedding&group=modality
    milvus://HOST:19530/COLLECTION?id=id&vector=vector&group=modality     milvus:///path/file.db?collection=NAME
    qdrant://HOST:6333/COLLECTION?group=modality                          qdrant:///path?collection=NAME
    opensearch://HOST:9200/INDEX?vector=embedding&group=modality

A URL is shown, logged and kept in shell histories, so it holds no secret: passwords and tokens come from the
environment or from the client's own files, and a URL that has one is refused without being repeated.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from modgap.engines.numbers import Names
from modgap.errors import EngineError
from modgap.io import plugins

KINDS = {"postgresql": "PostgreSQL", "postgres": "PostgreSQL", "milvus": "Milvus", "qdrant": "Qdrant"}
KINDS["opensearch"] = "OpenSearch"
FIELDS = {"id": "id", "vector": "vector", "group": "modality", "text": "text"}
_FIELDS_OF = {"postgresql": {**FIELDS, "vector": "embedding"}, "opensearch": {**FIELDS, "vector": "embedding"}}
_SECRETS = ("password", "passwd", "pass", "pwd", "token", "api_key", "apikey", "key", "secret", "auth")
_FROM = {
    "postgresql": "PGPASSWORD or the file ~/.pgpass",
    "milvus": "MILVUS_TOKEN",
    "qdrant": "QDRANT_API_KEY",
    "opensearch": "OPENSEARCH_USER and OPENSEARCH_PASSWORD",
}
_OPTIONS = {"postgresql": ("host", "sslmode"), "milvus": ("tls",), "qdrant": ("tls",), "opensearch": ("tls",)}


@dataclass(frozen=True)
class EngineUrl:
    """kind: "postgresql", "milvus", "qdrant" or "opensearch". name: of the table, collection or index.

    host: empty for an engine in a file. path: of that file or folder; for PostgreSQL the database.
    id, vector, group, text: names of fields. options: the other parameters, such as sslmode.
    """

    kind: str
    name: str
    host: str = ""
    port: int | None = None
    user: str = ""
    path: str = ""
    id: str = "id"
    vector: str = "vector"
    group: str = "modality"
    text: str = "text"
    options: dict[str, str] = field(default_factory=dict)

    @property
    def product(self) -> str:
        """The engine as its makers write it."""
        return KINDS.get(self.kind, self.kind)

    @property
    def names(self) -> Names:
        """The names for a snippet."""
        return Names(table=self.name, id=self.id, vector=self.vector, group=self.group)

    @property
    def place(self) -> str:
        """Where the vectors are, for messages and artefacts: no user, no parameters but the name.

        >>> parse_engine_url("qdrant://me.example:6333/items?group=kind").place
        'Qdrant at me.example:6333, "items"'
        """
        at = f"{self.host}:{self.port}" if self.host and self.port else self.host or self.path
        return f'{self.product} at {at or "its usual place"}, "{self.name}"'


def is_engine_url(corpus: object) -> bool:
    """Whether a corpus is named by an engine's URL.

    >>> is_engine_url("postgresql://localhost/db?table=items"), is_engine_url("trip/")
    (True, False)
    """
    if not isinstance(corpus, str) or "://" not in corpus:
        return False
    kind = corpus.partition("://")[0].lower()
    return kind in KINDS or kind in plugins.plugins(plugins.ENGINES)


def parse_engine_url(url: str) -> EngineUrl:
    """Read a URL; that of a plugin may have parameters of its own.

    Raises EngineError for one that cannot be read, lacks a name, or carries a secret.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise EngineError(f"The engine's URL cannot be read: {error}.") from error
    kind = "postgresql" if parts.scheme.lower() == "postgres" else parts.scheme.lower()
    own = kind not in _FROM and kind in plugins.plugins(plugins.ENGINES)
    if kind not in _FROM and not own:
        engines = ", ".join([*_FROM, *plugins.plugins(plugins.ENGINES)])
        raise EngineError(f'There is no engine "{parts.scheme}". Known: {engines}.')
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    if parts.password or any(name.lower() in _SECRETS for name in query):
        raise EngineError(
            f"The engine's URL holds a password or a token, which would be shown and logged: take it out, and give it "
            f"in {_FROM.get(kind, 'the environment')}."
        )
    fields = {name: query.pop(name, default) for name, default in _FIELDS_OF.get(kind, FIELDS).items()}
    if empty := [name for name, value in fields.items() if not value and name != "text"]:
        raise EngineError(f"The engine's URL names no field for {empty[0]}: write {empty[0]}=NAME or leave it out.")
    path = unquote(parts.path)
    name, path = _name_and_path(kind, path, query, in_file=not parts.netloc)
    unknown = [] if own else [each for each in query if each not in _OPTIONS[kind]]
    if unknown:
        known = [*fields, "table" if kind == "postgresql" else "collection", *_OPTIONS[kind]]
        raise EngineError(f'The engine\'s URL has an unknown parameter "{unknown[0]}". Known: {", ".join(known)}.')
    host = parts.hostname or query.get("host", "")
    return EngineUrl(kind, name, host, port, unquote(parts.username or ""), path, **fields, options=query)


def _name_and_path(kind: str, path: str, query: dict[str, str], *, in_file: bool) -> tuple[str, str]:
    """The name of table, collection or index, and the database or file; taken out of `query`."""
    if kind == "postgresql":
        return query.pop("table", "items"), path.strip("/")
    name = query.pop("collection", "")
    if in_file:
        if not path.strip("/") or kind == "opensearch":
            raise EngineError(f"The engine's URL names no host and no file: {kind}://HOST:PORT/NAME.")
        return name or "items", path
    if name and path.strip("/"):
        raise EngineError(f'The engine\'s URL names two collections, "{path.strip("/")}" and "{name}".')
    name = name or path.strip("/")
    if not name:
        what = "index" if kind == "opensearch" else "collection"
        raise EngineError(f"The engine's URL names no {what}: {kind}://HOST:PORT/NAME.")
    return name, ""
