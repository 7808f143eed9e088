"""The queries that a calibration is learnt from: the user's own, or automatic ones, as unit vectors.

Automatic text queries are the first sentences of the corpus's passages (its own subjects, its own words); a query made
of a passage is never scored against it. Where passages are few, a written bank is added (`assets/query_bank.txt`: what
people ask of mixed collections in general). `benchmarks/quality/flickr8k_mixed.py` compares both with real queries.
Automatic picture queries are the corpus's own pictures; they are scored neither against themselves nor against their
exact duplicates.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from modgap.calibration.merge import QuerySource
from modgap.corpus import Queries, open_picture
from modgap.corpus.fused import FusedItems
from modgap.corpus.item_columns import rows_of_modality
from modgap.encoders import Encoder
from modgap.engines.base import Engine
from modgap.engines.exclusions import joined_exclusions
from modgap.errors import CalibrationError, CorpusError, PictureError, VectorError
from modgap.io.assets import asset_path
from modgap.items import Item, Modality
from modgap.progress import Progress, silent
from modgap.vectors import Vectors, unit_vectors

TARGET_QUERY_COUNT = 50  # for steady statistics; passages alone beat a mix with the bank (findings/small_corpora.py)
MAX_PASSAGE_QUERIES = 1000  # more only cost time
MAX_PICTURE_QUERIES = 1000
MAX_QUERY_CHARACTERS = 100  # characters: a query is short, a passage need not be
_SENTENCE_END = re.compile(r"(?<=[.!?。])\s+")

T = TypeVar("T")
GivenQueries = Sequence[str] | NDArray[np.floating] | Queries


@dataclass(frozen=True)
class CalibrationQueries:
    """vectors: (n, d) unit rows. sources: (n,) row that each query was made of and is not compared with (-1: none).

    documents: (n, 2 m) first row and row after the last of the ranges that the query is from (equal: none): its
    document, where documents were cut into passages, and the picture or text that makes one item with it; else None.
    """

    vectors: Vectors
    sources: NDArray[np.intp]
    origin: QuerySource
    documents: NDArray[np.intp] | None = None

    @property
    def exclude(self) -> NDArray[np.intp]:
        """The rows that each query is not compared with, as `Engine.top_k` takes them: its whole document."""
        return self.sources if self.documents is None else self.documents


def given_queries(queries: GivenQueries, encoder: Encoder | None, dimension: int) -> dict[Modality, CalibrationQueries]:
    """The user's queries by modality: words, vectors (n, d), or `Queries` from a file.

    Raises CalibrationError for none at all, the name of a file, or words without an encoder; VectorError for vectors of
    another dimension.
    """
    if isinstance(queries, str | PathLike):  # a word would be taken for its letters
        raise CalibrationError(
            f'Queries are a list of words, vectors, or what modgap.read_queries("queries.txt") gives; got "{queries}".'
        )
    if isinstance(queries, Queries):
        vectors, modality = encode_queries(queries, encoder), queries.modality
    else:
        vectors = _encode_given(queries, encoder)
        modality = np.full(vectors.shape[0], Modality.TEXT.value)
    if vectors.shape[1] != dimension:
        raise VectorError(
            f"The queries have {vectors.shape[1]} dimensions and the corpus {dimension}: encode both with one model."
        )
    found = {}
    for each in Modality:
        rows = np.flatnonzero(modality == each.value)
        if rows.size:
            origin = QuerySource("given", int(rows.size), "the user's own queries")
            found[each] = CalibrationQueries(vectors[rows], np.full(rows.size, -1, dtype=np.intp), origin)
    return found


def automatic_text_queries(
    items: Sequence[Item], engine: Engine, encoder: Encoder | None, *, progress: Progress = silent, seed: int = 0
) -> CalibrationQueries:
    """The corpus's own passages as queries, and the written bank where they are fewer than `TARGET_QUERY_COUNT`."""
    passages = passage_queries(items, engine, encoder, progress=progress, seed=seed)
    missing = TARGET_QUERY_COUNT - passages.origin.count
    if encoder is None or missing <= 0:
        return passages
    return merge_queries(passages, bank_queries(encoder, most=missing, seed=seed))


def passage_queries(
    items: Sequence[Item], engine: Engine, encoder: Encoder | None, *, progress: Progress = silent, seed: int = 0
) -> CalibrationQueries:
    """First sentences of at most `MAX_PASSAGE_QUERIES` passages, drawn by seed; their vectors without encoder or words.

    A query is never scored against its own document, so a corpus of one document yields no text queries.
    """
    texts = rows_of_modality(items, Modality.TEXT)
    document = items[texts[0]].source if len(texts) > 1 else None
    one_document = document is not None and all(items[row].source == document for row in texts)
    rows = [] if one_document else draw(texts, MAX_PASSAGE_QUERIES, seed)
    sources, documents_of = np.asarray(rows, dtype=np.intp), own_rows(items, rows)
    without_words = bool(rows) and all(items[row].text is None for row in rows)  # as precomputed vectors are
    if encoder is None or without_words:
        origin = QuerySource("automatic", len(rows), "the corpus's own passages, each without itself")
        return CalibrationQueries(engine.vectors_of(sources), sources, origin, documents_of)
    origin = QuerySource("automatic", len(rows), f"{len(rows)} first sentences of the corpus, each without its source")
    sentences = [first_sentence(items[row].text or items[row].id) for row in rows]
    return CalibrationQueries(encoder.encode_texts(sentences, progress=progress), sources, origin, documents_of)


def bank_queries(encoder: Encoder, *, most: int | None = None, seed: int = 0) -> CalibrationQueries:
    """Queries of the written bank, at most `most` chosen by seed.

    The whole bank is encoded, once a process and encoder, so that the next corpus finds its own choice encoded too.
    """
    bank = query_bank()
    rows = draw(list(range(len(bank))), most, seed)
    origin = QuerySource("automatic", len(rows), f"{len(rows)} queries of the written bank")
    vectors = encoder.encode_fixed_texts(bank)[rows]
    return CalibrationQueries(vectors, np.full(len(rows), -1, dtype=np.intp), origin)


def merge_queries(*parts: CalibrationQueries) -> CalibrationQueries:
    """Several sets of automatic queries as one."""
    origin = QuerySource(
        "automatic",
        sum(part.origin.count for part in parts),
        " and ".join(part.origin.description for part in parts if part.origin.count),
    )
    documents = None
    if any(part.documents is not None for part in parts):
        documents = joined_exclusions([part.exclude for part in parts])
    return CalibrationQueries(
        np.concatenate([part.vectors for part in parts]),
        np.concatenate([part.sources for part in parts]),
        origin,
        documents,
    )


def own_rows(items: Sequence[Item], rows: Sequence[int]) -> NDArray[np.intp] | None:
    """(n, 2 m) ranges of what each row is not compared with beside itself; None where that is nothing.

    Its document, and the picture or text that makes one item with it: a description is nearer to its own picture than
    what people type.
    """
    documents, fused = document_rows(items, rows), FusedItems.of(items)
    if fused is None or not rows:
        return documents
    siblings = fused.siblings(np.asarray(rows, dtype=np.intp))
    return siblings if documents is None else np.concatenate([documents, siblings], axis=1)


def document_rows(items: Sequence[Item], rows: Sequence[int]) -> NDArray[np.intp] | None:
    """(n, 2) first row, and row after the last, of the document that each row is from; None where all are whole.

    Passages of one document stand side by side in a corpus, in reading order.

    >>> parts = [Item(f"a#{i}", Modality.TEXT, text="x", source="a") for i in (1, 2)]
    >>> document_rows([*parts, Item("b", Modality.TEXT, text="y")], [1, 2]).tolist()
    [[0, 2], [2, 3]]
    """
    if all(items[row].source is None for row in rows):
        return None
    return np.asarray([_document_around(items, row) for row in rows], dtype=np.intp)


def _document_around(items: Sequence[Item], row: int) -> tuple[int, int]:
    """The first row, and the row after the last, of the document that a row is from."""
    first, last, name = row, row + 1, items[row].source
    if name is None:
        return first, last
    while first > 0 and items[first - 1].source == name:
        first -= 1
    while last < len(items) and items[last].source == name:
        last += 1
    return first, last


def automatic_picture_queries(items: Sequence[Item], engine: Engine, *, seed: int = 0) -> CalibrationQueries:
    """The corpus's own pictures, at most `MAX_PICTURE_QUERIES` chosen by seed."""
    rows = draw(rows_of_modality(items, Modality.IMAGE), MAX_PICTURE_QUERIES, seed)
    origin = QuerySource("automatic", len(rows), "the corpus's own pictures, each without itself and its duplicates")
    sources = np.asarray(rows, dtype=np.intp)
    return CalibrationQueries(engine.vectors_of(sources), sources, origin, own_rows(items, rows))


def excludes_copies(query_modality: Modality, queries: CalibrationQueries) -> bool:
    """Whether these queries are not compared with exact copies of themselves: the corpus's own pictures are not."""
    return query_modality is Modality.IMAGE and queries.origin.kind == "automatic"


def encode_queries(queries: Queries, encoder: Encoder | None, *, unreadable: list[int] | None = None) -> Vectors:
    """Unit vectors (n, d) of queries from a file: words, pictures or vectors.

    unreadable: receives the rows whose pictures cannot be read, which stay zero; without it such a picture raises
    CorpusError.
    """
    if queries.vectors is not None:
        return queries.vectors
    encoder = _encoder_for([q.text or "" for q in queries.queries], encoder)
    vectors = np.zeros((len(queries), encoder.dimension), dtype=np.float32)
    texts = [row for row, query in enumerate(queries.queries) if query.text is not None]
    vectors[texts] = encoder.encode_texts([queries.queries[row].text or "" for row in texts])
    for row, query in enumerate(queries.queries):
        if query.image is not None:
            try:
                picture = open_picture(query.image, decode_side=encoder.decode_side)
                vectors[row] = encoder.encode_pictures([picture])[0]
            except PictureError as error:
                if unreadable is None:
                    raise CorpusError(f'The query picture "{query.image}" {error}.') from error
                unreadable.append(row)
    return vectors


def query_bank() -> list[str]:
    """The written bank: a few hundred short, generic searches in plain English."""
    lines = asset_path("query_bank.txt").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def first_sentence(text: str) -> str:
    """The first sentence of a passage without heading marks, at most about 100 characters, cut at a word.

    >>> first_sentence("# Windmills\\nA mill turns wind into work. It is old.")
    'Windmills'
    >>> first_sentence("A mill turns wind into work. It is old.")
    'A mill turns wind into work.'
    """
    line = next((part for part in text.strip().splitlines() if part.strip(" #\t")), "").strip(" #\t")
    sentence = _SENTENCE_END.split(line, maxsplit=1)[0]
    if len(sentence) <= MAX_QUERY_CHARACTERS:
        return sentence
    return sentence[:MAX_QUERY_CHARACTERS].rsplit(" ", 1)[0]


def draw(candidates: list[T], most: int | None, seed: int) -> list[T]:
    """At most `most` of the candidates, drawn by seed, in their order; all of them for None."""
    if most is None or len(candidates) <= most:
        return candidates
    rows = np.random.default_rng(seed).choice(len(candidates), size=most, replace=False)
    return [candidates[row] for row in sorted(rows.tolist())]


def _encode_given(queries: Sequence[str] | NDArray[np.floating], encoder: Encoder | None) -> Vectors:
    if not all(isinstance(query, str) for query in queries):
        return unit_vectors(queries, what="query vectors")
    texts = [text for text in (str(query).strip() for query in queries) if text]
    return _encoder_for(texts, encoder).encode_texts(texts)


def _encoder_for(texts: Sequence[str], encoder: Encoder | None) -> Encoder:
    if not texts:
        raise CalibrationError("There are no queries: give some, one a line.")
    if encoder is None:
        raise CalibrationError(
            "This corpus holds precomputed vectors and no encoder, so queries must be vectors too: give a .npz file "
            "of queries made with the same model."
        )
    return encoder
