"""The evaluate tab: one metric with intervals, and the files to save."""

from __future__ import annotations

import numpy as np

from modgap.corpus import Queries, Query
from modgap.ui.tabs import evaluate as evaluate_tab
from modgap.ui.tabs.meeting_report import meeting_report
from modgap.ui.visit.evaluating import evaluate_corpus
from modgap.ui.visit.session import Visit


def labelled(visit: Visit) -> Queries:
    queries = [
        Query(f"q{i}", text=f"{'aeiou'[i % 5]} thing", relevant={visit.loaded.collection.items[i].id: 1})
        for i in range(8)
    ]
    return Queries(queries, np.full(8, "text"))


def test_an_evaluation_shows_one_metric_with_intervals_and_two_files(visit: Visit, downloads) -> None:
    found = evaluate_corpus(visit.loaded, labelled(visit), ["raw", "standardized", "oracle"], "same")
    page = evaluate_tab.evaluation_html(found, "recall@5")
    value = found.methods["raw"]["all"]["recall@5"]
    low, high = found.intervals["raw"]["all"]["recall@5"]
    assert f"{value:.3f}" in page
    assert f"{low:.3f} to {high:.3f}" in page
    assert "mg-best" in page
    assert set(downloads(page)) == {"evaluation.csv", "evaluation.html"}


def test_queries_that_want_both_have_a_column_and_few_have_no_interval(visit: Visit) -> None:
    items = visit.loaded.collection.items
    picture, passage = (next(i.id for i in items if i.modality == m) for m in ("image", "text"))
    queries = Queries([Query("q", text="a thing", relevant={picture: 1, passage: 1})], np.full(1, "text"))
    visit.evaluation = evaluate_corpus(visit.loaded, queries, ["raw", "standardized"], "automatic")
    page = evaluate_tab.evaluation_html(visit.evaluation, "mrr@10")
    assert "that want both (1)" in page
    assert "too few" in page
    assert "want both" in meeting_report(visit)
