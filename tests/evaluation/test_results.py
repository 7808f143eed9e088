"""Means, intervals and differences by target group."""

import numpy as np
import pytest

from modgap.errors import ModgapError
from modgap.evaluation import Evaluation, evaluate
from modgap.metrics.retrieval import METRICS


def test_intervals_and_differences_are_in_the_json(collection, queries) -> None:
    document = evaluate(collection, queries, ["raw", "standardized"]).to_json(reference="raw")
    low, high = document["ci95"]["raw"]["all"]["recall@20"]
    assert low <= document["methods"]["raw"]["all"]["recall@20"] <= high
    first = document["differences"][0]
    assert (first["method"], first["reference"], first["target"], first["metric"]) == (
        "standardized",
        "raw",
        "all",
        "recall@20",
    )


def evaluation_of(wanted: list[str], **named) -> Evaluation:
    """Recall and the other metrics are 1 for the first query, 0 for the second, 1 for the third, and so on."""
    values = {metric: (np.arange(len(wanted)) % 2 == 0).astype(float) for metric in METRICS}
    flipped = {metric: 1 - of for metric, of in values.items()}
    return Evaluation({"raw": values, "flipped": flipped}, np.asarray(wanted), "same", **named)


def test_means_by_target_by_hand() -> None:
    found = evaluation_of(["image", "text", "both", "none"])
    assert {target: of["recall@1"] for target, of in found.methods["raw"].items()} == {
        "all": 0.5,
        "image": 1,
        "text": 0,
        "both": 1,
    }
    assert found.targets == {"image": 1, "text": 1, "both": 1}
    assert found.counts == {"all": 4, "image": 1, "text": 1, "both": 1}


def test_queries_that_want_several_groups_have_a_row_only_where_there_are_any() -> None:
    document = evaluation_of(["both", "text", "both"]).to_json(reference="raw")
    assert list(document["methods"]["raw"]) == list(document["ci95"]["raw"]) == ["all", "image", "text", "both"]
    assert document["methods"]["raw"]["both"]["recall@1"] == 1.0
    assert {each["target"] for each in document["differences"]} == {"all", "text", "both"}
    assert "both" not in evaluation_of(["image", "text"]).methods["raw"]


def test_an_interval_of_few_queries_is_wilsons_for_rates_and_none_for_other_means() -> None:
    found = evaluation_of(["image"] * 9)  # 5 of 9 succeed
    interval = found.intervals["raw"]["image"]
    assert interval["recall@20"] == interval["hit@5"] == pytest.approx((0.2667, 0.8112), abs=1e-4)
    assert interval["mrr@10"] is interval["ndcg@10"] is None
    [tested] = [d for d in found.differences("raw") if (d.target, d.metric) == ("image", "recall@20")]
    assert (tested.low, tested.high) == (None, None)
    document = found.to_json(reference="raw")
    assert document["ci95"]["raw"]["image"]["mrr@10"] is None
    assert document["ci95"]["raw"]["image"]["recall@20"] == [0.266651, 0.811221]
    assert document["differences"][0]["low"] is None


def test_shares_that_are_no_rates_have_no_interval_where_queries_are_few() -> None:
    found = evaluation_of(["image"] * 3)
    found.values["raw"]["recall@5"] = np.asarray([0.5, 1, 0])  # one of two relevant items was found
    assert found.intervals["raw"]["all"]["recall@5"] is None


def test_ten_queries_are_resampled() -> None:
    low, high = evaluation_of(["image"] * 10).intervals["raw"]["image"]["mrr@10"]
    assert low < 0.5 < high


def test_pictures_and_passages_keep_their_layout_even_where_one_is_absent() -> None:
    for groups in (("image", "text"), ("text", "image"), ("text",)):
        document = evaluation_of(["text", "text"], groups=groups).to_json(reference="raw")
        assert list(document["targets"].items()) == [("image", 0), ("text", 2), ("both", 0)]
        assert list(document["methods"]["raw"]) == list(document["ci95"]["raw"]) == ["all", "image", "text"]
        assert document["methods"]["raw"]["image"] == document["ci95"]["raw"]["image"] == {}
        assert {each["target"] for each in document["differences"]} == {"all", "text"}


def test_three_groups_are_targets_of_their_own_in_order() -> None:
    wanted = ["licences", "text", "licences", "image", "several"]
    found = evaluation_of(wanted, groups=("licences", "text", "image"))
    assert found.targets == {"image": 1, "text": 1, "licences": 2, "several": 1}
    assert (
        list(found.counts)
        == list(found.methods["raw"])
        == [
            "all",
            "image",
            "text",
            "licences",
            "several",
        ]
    )
    assert found.methods["raw"]["licences"]["recall@1"] == 1.0  # of queries 0 and 2
    assert found.methods["flipped"]["licences"]["recall@1"] == 0.0
    assert found.intervals["raw"]["licences"]["recall@1"] == pytest.approx((0.3424, 1.0), abs=1e-4)
    [tested] = [d for d in found.differences("raw") if (d.target, d.metric) == ("licences", "recall@20")]
    assert (tested.method, tested.difference, tested.p) == ("flipped", -1.0, 0.5)  # 2 of the 4 signs of two queries


def test_two_groups_of_other_names_are_no_pictures_and_passages() -> None:
    found = evaluation_of(["tables", "text", "several"], groups=("tables", "text"))
    assert found.targets == {"text": 1, "tables": 1, "several": 1}


@pytest.mark.parametrize("name", ["all", "both", "several", "none"])
def test_a_group_that_is_called_as_another_target_is_refused(name: str) -> None:
    with pytest.raises(ModgapError, match=f'"{name}" is a target'):
        evaluation_of(["text"], groups=("text", name))


def compared(before: list[float], after: list[float]) -> Evaluation:
    values = {
        name: {metric: np.asarray(of) for metric in METRICS} for name, of in (("raw", before), ("calibrated", after))
    }
    return Evaluation(values, np.asarray(["image"] * len(before)), "same")


def test_the_sentence_says_what_changes_and_whether_it_may_be_chance() -> None:
    clear = compared([0.0] * 40, [1.0] * 30 + [0.0] * 10).sentence
    assert clear.startswith("On 40 labelled queries recall@20 goes from 0.00 to 0.75 (+0.")
    assert clear.endswith(").")
    assert "chance" not in clear
    chance = compared([0.0, 1.0] * 20, [1.0, 0.0] * 19 + [1.0, 1.0]).sentence
    assert chance.endswith(", which may be chance).")
    assert compared([0.0] * 5, [1.0] * 5).sentence.endswith("these are too few to tell it from chance.")
    assert evaluation_of(["image", "text"]).sentence == "", "the default was not run"
