"""Evaluate methods on a visitor's corpus: labelled queries from the sample or from uploads, within limits."""

from __future__ import annotations

from pathlib import Path

from modgap.corpus import Queries, read_qrels, read_queries, with_kept_items, with_qrels
from modgap.errors import CorpusError
from modgap.evaluation import Evaluation, evaluate
from modgap.io.assets import asset_path
from modgap.progress import silent
from modgap.ui.visit.private_files import without_folders
from modgap.ui.visit.session import LoadedCorpus

MAX_QUERIES = 5000


def sample_queries(loaded: LoadedCorpus) -> Queries:
    """The labelled queries that come with a sample. Raises CorpusError where another corpus is loaded."""
    if loaded.catalogue:
        return read_queries(asset_path("sample", "product_queries.jsonl"))
    if not loaded.sample:
        raise CorpusError(
            "These labels belong to the sample corpus: load it on the Search tab, or upload your own labels."
        )
    return read_queries(asset_path("sample", "queries.jsonl"))


def labelled_queries(paths: list[Path]) -> Queries:
    """Labelled queries of uploads: one labelled `.jsonl`, or queries and their qrels.

    Raises CorpusError for anything else, with the name of the file.
    """
    try:
        return _read_labels(paths)
    except CorpusError as error:
        raise CorpusError(without_folders(str(error), paths)) from error


def _read_labels(paths: list[Path]) -> Queries:
    lines = [path for path in paths if path.suffix.lower() == ".jsonl"]
    if len(paths) == 1 and lines:
        return read_queries(paths[0])
    if len(paths) != 2:
        raise CorpusError("Give one labelled .jsonl, or two files: the queries and their TREC qrels.")
    queries = lines[0] if lines else min(paths, key=lambda path: path.suffix.lower() != ".txt")
    [qrels] = [path for path in paths if path != queries]
    return with_qrels(read_queries(queries), read_qrels(qrels))


def evaluate_corpus(loaded: LoadedCorpus, queries: Queries, methods: list[str], source: str) -> Evaluation:
    """Evaluate methods on the visitor's corpus. Raises CorpusError for too many queries or labels of another corpus.

    source: which queries calibrate: "same", "held-out" or "automatic".
    """
    if not methods:
        raise CorpusError("Choose one method or more.")
    if len(queries) > MAX_QUERIES:
        raise CorpusError(f"These are {len(queries):,} queries and the limit is {MAX_QUERIES:,}: give fewer.")
    if loaded.collection.corpus is not None:
        queries = with_kept_items(queries, loaded.collection.corpus)
    return evaluate(loaded.collection, queries, methods, learn_from=source, progress=silent)
