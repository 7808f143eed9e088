"""Reads queries from files (plain lines, labelled `.jsonl`, or vectors), and TREC qrels that label them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from modgap.corpus.corpus import Corpus
from modgap.corpus.json_lines import json_objects, table_text
from modgap.corpus.limits import DEFAULT_LIMITS
from modgap.corpus.rows import inside
from modgap.corpus.text import clean_text
from modgap.corpus.vector_files import read_query_vectors, read_vector_file
from modgap.errors import CorpusError
from modgap.items import Modality
from modgap.vectors import Vectors


@dataclass(frozen=True)
class Query:
    """One query: words, or a picture's path, or (both None) a row of precomputed vectors.

    relevant: {item id: relevance > 0}; empty if it is not labelled.
    target: what the label says that it asks for, "image", "text" or "both", of items that are both; empty if nothing.
    """

    id: str
    text: str | None = None
    image: Path | None = None
    relevant: dict[str, int] = field(default_factory=dict)
    target: str = ""


@dataclass(frozen=True)
class Queries:
    """Queries in file order.

    modality: (n,) of "text" / "image".
    vectors: (n, d) unit rows if they came precomputed, else None.
    notes: sentences about labels that could not be used.
    """

    queries: list[Query]
    modality: NDArray[np.str_]
    vectors: Vectors | None = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.queries)


def read_queries(path: str | Path) -> Queries:
    """Read `.npz` vectors, `.jsonl` objects {"id", "text" or "image", "relevant"?}, or text with one query a line.

    Raises CorpusError for a file that is missing, empty or broken, naming the line.
    """
    path = Path(path).expanduser()
    if not path.is_file():
        raise CorpusError(f"{path} is not there: give a file of queries.")
    if path.suffix.lower() == ".npz":
        rows = read_query_vectors(path)
        return Queries([Query(name) for name in rows.ids], rows.modality, rows.vectors)
    found = _json_queries(path) if path.suffix.lower() == ".jsonl" else _plain_queries(path)
    if not found:
        raise CorpusError(f"{path} holds no query: write one a line.")
    modality = np.asarray([(Modality.IMAGE if q.image else Modality.TEXT).value for q in found])
    return Queries(found, modality)


def read_qrels(path: str | Path) -> dict[str, dict[str, int]]:
    """TREC qrels, one `query-id 0 item-id relevance` a line, as {query id: {item id: relevance}}; zeros are left out.

    Raises CorpusError naming a line that is not of this form.
    """
    path = Path(path).expanduser()
    lines = table_text(path, DEFAULT_LIMITS).splitlines()
    qrels: dict[str, dict[str, int]] = {}
    for number, line in enumerate(lines, start=1):
        fields = line.split("\t") if "\t" in line else line.split()
        if not line.strip():
            continue
        try:
            query, _, item, relevance = fields
            grade = int(relevance)
        except ValueError:
            raise CorpusError(f'{path}:{number} is not "query-id 0 item-id relevance": {line[:80]}') from None
        if grade > 0:
            qrels.setdefault(query, {})[item] = grade
    return qrels


def with_qrels(queries: Queries, qrels: dict[str, dict[str, int]]) -> Queries:
    """The same queries, labelled by qrels; a note counts the qrels of queries that are not among them."""
    unknown = sorted(qrels.keys() - {q.id for q in queries.queries})
    note = f'{len(unknown)} queries of the qrels are not among the queries (first: "{unknown[0]}").' if unknown else ""
    return replace(
        queries,
        queries=[replace(q, relevant=qrels.get(q.id, {})) for q in queries.queries],
        notes=(*queries.notes, note) if note else queries.notes,
    )


def with_kept_items(queries: Queries, corpus: Corpus) -> Queries:
    """The same queries, with labels that name items of the corpus.

    The label of a duplicate is given to the item that was kept, the label of a document that was cut to all its
    passages.
    """
    kept = {each.id: [each.kept] for each in corpus.duplicates}
    for item in corpus.items:
        if item.source is not None:
            kept.setdefault(item.source, []).append(item.id)
    for item in corpus.items if kept else ():
        if item.id in kept and item.source is None and item.id not in kept[item.id]:
            kept[item.id].insert(0, item.id)  # a document that was not cut, beside the pictures inside it

    def relabelled(relevant: dict[str, int]) -> dict[str, int]:
        labels: dict[str, int] = {}
        for name, grade in relevant.items():
            for known in kept.get(name, [name]):
                for final in kept.get(known, [known]):  # the duplicate of a document that was cut
                    labels[final] = max(grade, labels.get(final, 0))
        return labels

    return replace(queries, queries=[replace(q, relevant=relabelled(q.relevant)) for q in queries.queries])


def _plain_queries(path: Path) -> list[Query]:
    lines = table_text(path, DEFAULT_LIMITS).splitlines()
    texts = [(number, clean_text(line)) for number, line in enumerate(lines, start=1)]
    return [Query(str(number), text=text) for number, text in texts if text and not text.startswith("#")]


def _json_queries(path: Path) -> list[Query]:
    queries = []
    for number, row, reason in json_objects(path):
        if row is None:
            raise CorpusError(f"{path}:{number} {reason}.")
        text, image, relevant = row.get("text"), row.get("image"), row.get("relevant", [])
        if not isinstance(relevant, list):
            raise CorpusError(f'{path}:{number}: "relevant" must be a list of item ids.')
        labels = {str(name): 1 for name in relevant}
        name, target = str(row.get("id", number)), row.get("target")
        target = target if isinstance(target, str) else ""
        if isinstance(text, str) and clean_text(text):
            queries.append(Query(name, text=clean_text(text), relevant=labels, target=target))
        elif isinstance(image, str) and image.strip():
            picture = inside(path.parent, image)
            if picture is None:
                raise CorpusError(f'{path}:{number}: the picture "{image}" is outside the folder of the file.')
            if not picture.is_file():
                raise CorpusError(f'{path}:{number}: the picture "{image}" is not there.')
            queries.append(Query(name, image=picture, relevant=labels, target=target))
        else:
            raise CorpusError(f'{path}:{number} has neither a "text" nor an "image".')
    return queries


def parse_query(argument: str) -> str | Path | Vectors:
    """Parse a query of the command line: words, `@picture.jpg`, `@vectors.npz` (its first row) or `@vectors.npz:id`.

    Returns the words, the picture's path, or the vector (d,).
    Raises CorpusError for a file or an id that is not there.
    """
    if not argument.startswith("@"):
        return argument
    name, _, wanted = argument[1:].partition(".npz:")
    path = Path(f"{name}.npz" if wanted else name).expanduser()
    if not path.is_file():
        raise CorpusError(f"{path} is not there: give @ and the path of a picture or a vectors .npz file.")
    if path.suffix.lower() != ".npz":
        return path
    rows = read_vector_file(path)
    if not rows.ids:
        raise CorpusError(f"{path} holds no vector.")
    if wanted and wanted not in rows.ids:
        raise CorpusError(f'{path} has no vector "{wanted}" (it has {rows.ids[0]}, ...).')
    return rows.vectors[rows.ids.index(wanted) if wanted else 0]
