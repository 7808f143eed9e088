"""The HTML report: self-contained, escaped, and what it says."""

import numpy as np

from modgap.evaluation import Evaluation, report_html
from modgap.metrics.retrieval import METRICS


def evaluation_named(name: str) -> Evaluation:
    values = {metric: np.asarray([1.0, 0.0, 1.0]) for metric in METRICS}
    return Evaluation(
        {"raw": values, name: values}, np.asarray(["image", "text", "text"]), "same", ["a <b> note"], name
    )


def test_the_html_report_stands_alone_and_shows_names_without_running_them() -> None:
    page = report_html([evaluation_named("<script>x</script>")], title="A <i>title</i>", settings={"Seed": "1 < 2"})
    assert "<script" not in page
    assert "a &lt;b&gt; note" in page
    assert "1 &lt; 2" in page
    assert "http" not in page.replace("http-equiv", "")
    assert "0.667" in page


def test_the_html_report_opens_with_the_answer() -> None:
    def found(**shares: float) -> Evaluation:
        values = {name: {m: (np.arange(100) < 100 * of).astype(float) for m in METRICS} for name, of in shares.items()}
        return Evaluation(values, np.where(np.arange(100) < 50, "image", "text"), "same")

    page = report_html([found(raw=0.2, better=0.9, oracle=1.0)], notes=["3 pictures are <missing>."])
    assert "3 pictures are &lt;missing&gt;." in page
    assert "<b>better</b> finds 90&nbsp;% of what the queries want, raw 20&nbsp;%; the difference is beyond" in page
    assert "100&nbsp;% of the pictures against 40&nbsp;%, and 80&nbsp;% of the passages against 0&nbsp;%." in page
    assert "the difference is not beyond chance" in report_html([found(raw=0.2, better=0.21)])
    assert "No method finds more among the first 20 than raw does." in report_html([found(raw=0.9, worse=0.2)])
    assert page.count('class="best"') == 3 * 7
    assert 'class="best"' not in report_html([found(raw=0.5, same=0.5)])  # where all are equal, none is best
    for nothing_to_say in (found(raw=0.9), found(raw=0.9, oracle=1.0), found(a=0.9, b=0.2)):
        assert 'class="lead"' not in report_html([nothing_to_say])


def test_the_html_report_sets_models_side_by_side() -> None:
    page = report_html([evaluation_named("a"), evaluation_named("b")])
    assert "recall@20 of all queries, by model" in page
    assert '<th scope="col">a</th><th scope="col">b</th>' in page


def test_a_third_group_has_a_table_a_bar_and_a_sentence_of_its_own() -> None:
    wanted = np.repeat(["image", "text", 'a "<b>"', "several"], [40, 30, 20, 10])
    shares = {"raw": 0.2, "better": 0.9}
    values = {name: {m: (np.arange(100) < 100 * of).astype(float) for m in METRICS} for name, of in shares.items()}
    page = report_html([Evaluation(values, wanted, "same", groups=("text", 'a "<b>"', "image"))])
    group = "a &#34;&lt;b&gt;&#34;"
    assert f"40 want a picture, 30 a passage, 20 an item of &#34;{group}&#34;, 10 several groups." in page
    assert f"and 100&nbsp;% of the items of &#34;{group}&#34; against 0&nbsp;%." in page
    assert f"Queries that want an item of &#34;{group}&#34; (20)</p>" in page
    assert page.count("background:var(--other-1)") == 1 + 2 * 2  # the legend, and two methods in two plots
    assert "<b>&#34;" not in page


def test_a_metric_of_a_method_that_one_model_lacks_is_an_empty_cell() -> None:
    page = report_html([evaluation_named("a"), evaluation_named("b_c")])
    assert '<th scope="row">b_<wbr>c</th><td></td><td>0.667</td>' in page


def test_the_report_names_the_version_of_the_package() -> None:
    import modgap

    assert f"Printed by modgap {modgap.__version__}." in report_html([])


def test_few_queries_show_wilsons_interval_or_say_too_few() -> None:
    page = report_html([evaluation_named("a")])
    assert "0.667<small>0.208 to 0.939</small>" in page  # hit@1 of 2 of 3 queries
    assert "0.667<small>too few</small>" in page  # mrr@10
    assert "+0.000<small>too few</small>" in page
    assert "0.000 to +0.000" not in page.replace("-0.000", "0.000")


def test_queries_that_want_both_have_a_table_and_a_colour() -> None:
    values = {name: {m: (np.arange(40) < of).astype(float) for m in METRICS} for name, of in (("raw", 9), ("b", 20))}
    wanted = np.repeat(["image", "text", "both"], [15, 13, 12])
    page = report_html([Evaluation(values, wanted, "same")])
    assert "15 want a picture, 13 a passage, 12 both." in page
    assert "Queries that want both (12)" in page
    assert page.count("background:var(--other-1)") == 1 + 2 * 2
