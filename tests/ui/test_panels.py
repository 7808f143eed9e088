"""What the panels say of a collection, with an encoder small enough to know the answer."""

import base64
import json
import re
from dataclasses import replace

import numpy as np
import pytest

from modgap.calibration import Calibration
from modgap.corpus import Skipped, read_corpus
from modgap.errors import ModgapError
from modgap.progress import silent
from modgap.search.collection import Collection
from modgap.ui.components.notices import OUR_FAULT, guarded
from modgap.ui.tabs import calibration_panel, corpus_panel
from modgap.ui.tabs import search as search_panel
from modgap.ui.visit.sample import EXAMPLES, photo_credits, sample_corpus
from modgap.ui.visit.session import LoadedCorpus, PageQuery
from modgap.ui.visit.thumbnails import thumbnails


@pytest.fixture
def loaded(toy_encoder, mixed_files) -> LoadedCorpus:
    collection = Collection.encode(read_corpus(mixed_files), toy_encoder)
    return LoadedCorpus(collection, thumbnails(collection.items))


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_the_corpus_is_counted_shown_and_its_skipped_files_named(loaded):
    loaded.collection.skipped.append(Skipped("<b>.txt", "is empty"))

    html = corpus_panel.summary(loaded)

    assert "3 pictures 3 passages" in text_of(html)
    assert html.count('class="mg-thumb"') == 3
    assert "1 skipped" in text_of(html)
    assert "&lt;b&gt;.txt" in html
    assert "Photographers" not in html


def test_duplicates_and_cut_documents_are_told_and_the_report_can_be_saved(toy_encoder, mixed_files, tmp_path):
    (tmp_path / "=copy.png").write_bytes(mixed_files[0].read_bytes())
    (tmp_path / "long.txt").write_text("A quiet harbour lies at dusk. " * 60, encoding="utf-8")
    files = [*mixed_files, tmp_path / "=copy.png", tmp_path / "long.txt"]

    html = corpus_panel.summary(LoadedCorpus(Collection.encode(read_corpus(files), toy_encoder), {}))

    assert "1 left out as equal, 1 cut into passages" in text_of(html)
    assert re.search(r"long\.txt cut into \d+ passages", text_of(html))
    data = re.search(r'href="data:text/csv;charset=utf-8;base64,([^"]+)"', html)
    written = base64.b64decode(data.group(1)).decode("utf-8-sig")
    assert "'=copy.png,duplicate,has the same content as red square.png" in written


def test_the_calibration_is_told_in_words_numbers_and_a_file(loaded):
    calibration = calibration_panel.calibrate(loaded.collection, "", silent)
    statistics = calibration.statistics["text"]

    html = calibration_panel.summary(calibration)

    assert re.search(r"Pictures start \d\.\d\d behind passages", text_of(html))
    for modality in ("text", "image"):
        assert f"{statistics[modality].mean:.3f}" in html
        assert f"{statistics[modality].mean_ci95.low:.3f} to {statistics[modality].mean_ci95.high:.3f}" in html
    data = re.search(r'href="data:application/json;base64,([^"]+)"', html)
    assert Calibration.from_json(json.loads(base64.b64decode(data.group(1)))) == calibration


def test_own_queries_are_lines_without_blank_ones(loaded):
    calibration = calibration_panel.calibrate(loaded.collection, " red \n\n a harbour\nbread\n", silent)

    assert calibration.queries["text"].count == 3
    assert calibration.queries["text"].kind == "given"


@pytest.mark.parametrize("lines", ["a\n" * 5001, "x" * 1001])
def test_too_many_or_too_long_queries_are_refused(loaded, lines):
    with pytest.raises(ModgapError, match=r"limit|more than"):
        calibration_panel.calibrate(loaded.collection, lines, silent)


def test_both_rankings_answer_once_it_is_calibrated(loaded):
    loaded.collection.calibrate()

    found = search_panel.answer(loaded.collection, "bread", 5)

    assert len(found.raw) == len(found.standardized) == 5
    html = search_panel.results_html(found, PageQuery("bread", "bread"), loaded)
    assert html.count('<li class="mg-card') == 10


@pytest.mark.parametrize("weak", [True, False])
def test_a_query_that_nothing_fits_says_so(loaded, weak):
    loaded.collection.calibrate()
    found = replace(search_panel.answer(loaded.collection, "bread", 5), no_good_match=weak)

    html = search_panel.results_html(found, PageQuery("bread", "bread"), loaded)

    assert ("Nothing here fits" in html) is weak
    assert html.count('<li class="mg-card') == 10


def test_without_statistics_only_the_raw_ranking_answers_and_says_why(loaded):
    found = search_panel.answer(loaded.collection, "bread", 5)

    assert found.standardized is None
    assert "Calibrate" in search_panel.results_html(found, PageQuery("bread", "bread"), loaded)


def test_k_is_held_within_its_limits(loaded):
    assert len(search_panel.answer(loaded.collection, "bread", 10**6).raw) == 6


@pytest.mark.parametrize("name", ["i0t_async", "i0t_async+standardized"])
def test_the_third_column_trains_on_a_visitors_few_queries_or_says_what_it_lacks(name):
    rng = np.random.default_rng(0)
    kinds = ["image"] * 40 + ["text"] * 40
    vectors = rng.normal(size=(80, 12)) + 2 * np.repeat([[1], [-1]], 40, axis=0) * np.eye(12)[0]
    asked = vectors[60:66] + 0.5 * rng.normal(size=(6, 12))
    few = np.r_[30:50]  # 10 pictures and 10 texts
    for rows, trains in ((np.arange(80), True), (few, False)):
        collection = Collection.from_vectors(rows.astype(str), [kinds[row] for row in rows], vectors[rows])
        collection.calibrate(asked[:5])
        found = search_panel.answer(collection, asked[5], 5, name)
        assert (len(found.also), len(found.standardized or [])) == (5 if trains else 0, 5)
        assert ("more queries, or a larger corpus" in found.also_reason) is not trains


def test_a_click_asks_by_row_or_by_words(loaded):
    assert search_panel.clicked(loaded, {"ask": "words", "value": "a fox"}).query == "a fox"
    by_item = search_panel.clicked(loaded, {"ask": "item", "value": "0"})
    assert by_item.query is loaded.collection.items[0]
    assert "Searching by picture" in text_of(search_panel.asked_html(by_item))


@pytest.mark.parametrize(
    "data",
    [
        *[None, {}, {"x": 1}, {"ask": "item", "value": 0}],
        *[{"ask": "item", "value": value} for value in ("99", "-1", "9" * 5000)],
    ],
)
def test_a_click_on_nothing_known_says_so(loaded, data):
    with pytest.raises(ModgapError, match="search again"):
        search_panel.clicked(loaded, data)


@pytest.mark.parametrize("at", [10**400, float("inf"), float("nan"), "7", None])
def test_a_click_without_a_number_is_the_last_one(loaded, at):
    assert search_panel.clicked(loaded, {"ask": "words", "value": "a fox", "at": at}).at == 0


def test_a_query_beyond_its_limit_is_refused():
    with pytest.raises(ModgapError, match="more than 1,000 characters"):
        search_panel.words_as_query("x" * 1001)


def test_an_upload_that_is_no_picture_is_named(tmp_path):
    (tmp_path / "note.png").write_text("words", encoding="utf-8")

    with pytest.raises(ModgapError, match=r"note\.png is not a JPEG, PNG, WebP"):
        search_panel.uploaded_picture(tmp_path / "note.png")


def test_a_failure_becomes_an_escaped_message_and_changes_nothing_else():
    def fail():
        raise ModgapError("The file <b> is gone.")

    found = guarded("status", fail)

    assert list(found) == ["status"]
    assert "&lt;b&gt;" in found["status"]
    assert 'role="alert"' in found["status"]


def test_a_bug_of_ours_is_owned_without_its_traceback():
    found = guarded("status", lambda: {"other": 1 / 0})

    assert list(found) == ["status"]
    assert OUR_FAULT in found["status"]
    assert "ZeroDivision" not in found["status"]


def test_every_photograph_of_the_sample_is_credited():
    pictures = {item.path.name for item in sample_corpus().items if item.path}

    assert pictures == {row["file"] for row in photo_credits()}
    assert len(set(EXAMPLES)) == len(EXAMPLES)
