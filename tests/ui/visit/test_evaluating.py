"""Labelled queries of the sample and of uploads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from modgap.corpus import Queries, Query
from modgap.errors import CorpusError
from modgap.ui.visit.evaluating import evaluate_corpus, labelled_queries, sample_queries
from modgap.ui.visit.session import Visit


def labelled(visit: Visit) -> Queries:
    queries = [
        Query(f"q{i}", text=f"{'aeiou'[i % 5]} thing", relevant={visit.loaded.collection.items[i].id: 1})
        for i in range(8)
    ]
    return Queries(queries, np.full(8, "text"))


def test_what_cannot_be_evaluated_is_reported(visit: Visit, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="Choose one method"):
        evaluate_corpus(visit.loaded, labelled(visit), [], "same")
    with pytest.raises(CorpusError, match="belong to the sample corpus"):
        sample_queries(visit.loaded)
    with pytest.raises(CorpusError, match=r"one labelled \.jsonl, or two files"):
        labelled_queries([tmp_path / "a.txt"])


def test_queries_and_qrels_are_distinguished(tmp_path: Path) -> None:
    (tmp_path / "q.txt").write_text("a red thing\nan inn\n")
    (tmp_path / "r.qrels").write_text("1 0 red.txt 1\n")
    found = labelled_queries([tmp_path / "r.qrels", tmp_path / "q.txt"])
    assert [query.relevant for query in found.queries] == [{"red.txt": 1}, {}]


@pytest.mark.parametrize("broken", ["q.jsonl", "r.qrels"])
def test_labels_that_cannot_be_read_are_named_without_our_folders(tmp_path: Path, broken: str) -> None:
    (tmp_path / "q.jsonl").write_text('{"id": "1", "text": "a red thing"}\n')
    (tmp_path / "r.qrels").write_text("1 0 red.txt 1\n")
    (tmp_path / broken).write_text("neither\n")
    with pytest.raises(CorpusError, match=broken) as refused:
        labelled_queries([tmp_path / "q.jsonl", tmp_path / "r.qrels"])
    assert str(tmp_path) not in str(refused.value)
