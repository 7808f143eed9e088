"""The calibration panel: the gap in words, the statistics in numbers, and the file to save."""

from __future__ import annotations

import base64
import json
import re

from modgap.calibration import Calibration
from modgap.progress import silent
from modgap.ui.tabs import calibration_panel
from modgap.ui.visit.calibrating import calibrate


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_the_calibration_is_told_in_words_numbers_and_a_file(loaded):
    calibration = calibrate(loaded.collection, "", silent)
    statistics = calibration.statistics["text"]

    html = calibration_panel.summary(calibration)

    assert re.search(r"Pictures start \d\.\d\d behind passages", text_of(html))
    for modality in ("text", "image"):
        assert f"{statistics[modality].mean:.3f}" in html
        assert f"{statistics[modality].mean_ci95.low:.3f} to {statistics[modality].mean_ci95.high:.3f}" in html
    data = re.search(r'href="data:application/json;base64,([^"]+)"', html)
    assert Calibration.from_json(json.loads(base64.b64decode(data.group(1)))) == calibration
