"""Reading files into items: one reader per type of input, and a report of what was skipped and why."""

from modgap.corpus.corpus import Corpus, corpus_fingerprint, count_items, listed_counts
from modgap.corpus.limits import Limits
from modgap.corpus.pictures import PictureOpener, open_picture, thumbnail
from modgap.corpus.queries import Queries, Query, parse_query, read_qrels, read_queries, with_kept_items, with_qrels
from modgap.corpus.read import read_corpus
from modgap.corpus.report import ReadReport, Skipped
from modgap.corpus.safe_decode import SafeDecoder

__all__ = [
    "Corpus",
    "Limits",
    "PictureOpener",
    "Queries",
    "Query",
    "ReadReport",
    "SafeDecoder",
    "Skipped",
    "corpus_fingerprint",
    "count_items",
    "listed_counts",
    "open_picture",
    "parse_query",
    "read_corpus",
    "read_qrels",
    "read_queries",
    "thumbnail",
    "with_kept_items",
    "with_qrels",
]
