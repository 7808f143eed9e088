"""Evaluations as CSV."""

import csv
import io

import numpy as np

from modgap.evaluation import Evaluation, to_csv
from modgap.metrics.retrieval import METRICS


def evaluation_named(name: str) -> Evaluation:
    values = {metric: np.asarray([1.0, 0.0, 1.0]) for metric in METRICS}
    return Evaluation(
        {"raw": values, name: values}, np.asarray(["image", "text", "text"]), "same", ["a <b> note"], name
    )


def test_csv_has_a_row_for_each_value_and_runs_no_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv([evaluation_named("=cmd|'/C calc'!A0")]))))
    assert len(rows) == 2 * 3 * len(METRICS)
    assert rows[0]["value"] == "0.666667"
    assert rows[0]["n"] == "3"
    assert all(not row["model"].startswith("=") and not row["method"].startswith("=") for row in rows)


def test_csv_has_rows_for_each_of_three_groups_that_a_query_wants() -> None:
    values = {"raw": {metric: np.asarray([1.0, 0.0]) for metric in METRICS}}
    found = Evaluation(values, np.asarray(["=x", "text"]), "same", groups=("text", "image", "=x"))
    rows = [row for row in csv.DictReader(io.StringIO(to_csv([found]))) if row["metric"] == "hit@1"]
    assert [(row["target"], row["value"], row["n"]) for row in rows] == [
        ("all", "0.500000", "2"),
        ("text", "0.000000", "1"),
        ("'=x", "1.000000", "1"),
    ]


def test_an_interval_that_few_queries_do_not_give_is_an_empty_cell() -> None:
    rows = {row["metric"]: row for row in csv.DictReader(io.StringIO(to_csv([evaluation_named("a")])))}
    assert (rows["hit@1"]["low"], rows["hit@1"]["high"]) == ("0.094531", "0.905469")  # of text: 1 of 2 queries
    assert (rows["mrr@10"]["low"], rows["mrr@10"]["high"]) == ("", "")


def test_queries_that_want_both_have_rows() -> None:
    values = {"raw": {metric: np.asarray([1.0, 0.0]) for metric in METRICS}}
    rows = csv.DictReader(io.StringIO(to_csv([Evaluation(values, np.asarray(["both", "text"]), "same")])))
    assert [row["target"] for row in rows if row["metric"] == "hit@1"] == ["all", "text", "both"]
