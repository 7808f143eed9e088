"""The calibration panel: the gap in words, the statistics in numbers, and the file to save."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace

from modgap.calibration import Calibration
from modgap.progress import silent
from modgap.ui.tabs import calibration_panel
from modgap.ui.visit.calibrating import calibrate


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_the_calibration_is_shown_in_words_numbers_and_a_file(loaded):
    calibration = calibrate(loaded.collection, "", silent)
    statistics = calibration.statistics["text"]

    html = calibration_panel.summary(calibration)

    assert re.search(r"Pictures start \d\.\d\d behind passages", text_of(html))
    for modality in ("text", "image"):
        assert f"{statistics[modality].mean:.3f}" in html
        assert f"{statistics[modality].mean_ci95.low:.3f} to {statistics[modality].mean_ci95.high:.3f}" in html
    data = re.search(r'href="data:application/json;base64,([^"]+)"', html)
    assert Calibration.from_json(json.loads(base64.b64decode(data.group(1)))) == calibration


def test_the_gap_is_between_the_lowest_and_the_highest_group(loaded):
    calibration = calibrate(loaded.collection, "", silent)
    by_words = calibration.statistics["text"]
    higher = replace(by_words["text"], mean=by_words["text"].mean + 0.5)
    three = replace(calibration, statistics={"text": {**by_words, "licences": higher}})

    html = calibration_panel.summary(three)

    distance = higher.mean - by_words["image"].mean
    assert f"Pictures start {distance:.2f} behind items of &#34;licences&#34; ." in text_of(html)
    assert re.findall(r'scope="row" class="mg-kind-(\w+)"', html) == ["picture", "text", "other"]
    assert "Too few pictures to calibrate search by picture" in html


def test_a_calibration_that_may_not_fit_the_corpus_is_shown_with_a_notice(loaded):
    calibration = calibrate(loaded.collection, "", silent)
    notice = "made for another state of this corpus"
    assert notice not in calibration_panel.summary(calibration)
    assert notice in calibration_panel.summary(calibration, [f"The calibration was {notice} <now>."])
    assert "&lt;now&gt;" in calibration_panel.summary(calibration, ["<now>"])


def test_before_there_are_statistics_the_panel_speaks_of_the_groups_of_the_corpus():
    assert "Four numbers" in calibration_panel.uncalibrated_summary()
    assert "for each group" in calibration_panel.uncalibrated_summary(groups=("image", "text", "licences"))
    assert "&lt;why&gt;" in calibration_panel.uncalibrated_summary("<why>")
