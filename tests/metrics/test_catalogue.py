"""The catalogue names every metric, and says why one is absent."""

from modgap.metrics.catalogue import GAP_METRICS, left_out


def test_each_absent_metric_has_the_reason_of_the_data_that_it_needs():
    present = GAP_METRICS.keys() - {"rmg", "mmd", "ks_best_scores"}
    assert left_out(present, pairs_known=True) == {
        "rmg": "there are too few pairs",
        "mmd": "there are too few items of one modality",
        "ks_best_scores": "there are too few queries",
    }
    assert left_out(present, pairs_known=False)["rmg"] == "no picture is known to belong to a text"
    assert left_out(GAP_METRICS.keys(), pairs_known=True) == {}


def test_every_metric_has_a_title_and_a_meaning_that_is_a_sentence():
    assert len({metric.title for metric in GAP_METRICS.values()}) == len(GAP_METRICS)
    assert all(metric.meaning.endswith(".") for metric in GAP_METRICS.values())
