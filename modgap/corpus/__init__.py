"""From files to items: one reader per kind of input, and what was skipped and why."""

from modgap.corpus.corpus import Corpus, Skipped, count_items, fingerprint
from modgap.corpus.pictures import open_picture, thumbnail
from modgap.corpus.queries import Queries, Query, parse_query, read_qrels, read_queries, with_qrels
from modgap.corpus.read import read_corpus

__all__ = [
    "Corpus",
    "Queries",
    "Query",
    "Skipped",
    "count_items",
    "fingerprint",
    "open_picture",
    "parse_query",
    "read_corpus",
    "read_qrels",
    "read_queries",
    "thumbnail",
    "with_qrels",
]
