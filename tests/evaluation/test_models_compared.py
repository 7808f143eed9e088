"""Models side by side: each is encoded, calibrated, measured and asked the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import modgap
from modgap.corpus import Corpus, Queries, Query
from modgap.encoders import OwnEncoder
from modgap.evaluation.models_compared import compare_models, models_html

COLOURS = ("red", "green", "blue")


class Colours:
    """Texts by colour words, pictures by mean colour; `apart` turns pictures away from texts."""

    def __init__(self, apart: float) -> None:
        self.apart = apart

    def encode_texts(self, texts: Sequence[str]) -> list[list[float]]:
        return [
            [*(text.count(colour) + 0.1 + 0.01 * len(text) % 0.07 for colour in COLOURS), self.apart] for text in texts
        ]

    def encode_pictures(self, pictures: Sequence[Image.Image]) -> list[list[float]]:
        means = [np.asarray(each, dtype=float).reshape(-1, 3).mean(axis=0) / 255 + 0.05 for each in pictures]
        return [[*mean, -self.apart] for mean in means]


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    random = np.random.default_rng(0)
    for n in range(12):
        shade = random.integers(120, 255)
        rgb = [0, 0, 0]
        rgb[n % 3] = int(shade)
        Image.new("RGB", (8, 8), tuple(rgb)).save(tmp_path / f"{COLOURS[n % 3]}{n}.png")
        (tmp_path / f"{n}.txt").write_text(f"{COLOURS[n % 3]} thing number {n} <b>{'x' * n}</b>", encoding="utf-8")
    return modgap.read_corpus(tmp_path)


def test_each_model_has_its_gap_gain_searches_and_recall(corpus: Corpus) -> None:
    near, far = OwnEncoder(Colours(0.1), name="near"), OwnEncoder(Colours(3.0), name="far")
    labelled = Queries(
        [Query(f"q{n}", text=colour, relevant={f"{colour}{n}.png": 1}) for n, colour in enumerate(COLOURS)],
        np.full(3, "text"),
    )
    found = compare_models(corpus, [near, far], searches=["red", "blue"], labelled=labelled)
    assert [each.model for each in found] == ["near", "far"]
    assert found[0].distance < found[1].distance
    assert found[1].gain is not None
    assert found[1].gain.before == 0
    assert [words for words, _ in found[0].searches] == ["red", "blue"]
    for each in found:
        assert {hit.modality.value for hit in each.searches[0][1].calibrated} <= {"image", "text"}
        assert 0 <= each.recall("raw") <= each.recall("calibrated") <= 1
    document = json.loads(json.dumps([each.to_json() for each in found]))
    assert document[1]["severity"] == "severe"
    assert len(document[0]["searches"][0]["raw"]) == 5


def test_without_words_and_labels_sentences_of_the_corpus_are_asked(corpus: Corpus) -> None:
    found = compare_models(corpus, [OwnEncoder(Colours(1.0), name="one")])
    assert len(found[0].searches) == 5
    assert found[0].evaluation is None
    assert found[0].to_json()["recall@5"] is None


def test_the_page_loads_nothing_and_markup_stays_text(corpus: Corpus) -> None:
    found = compare_models(
        corpus, [OwnEncoder(Colours(1.0), name="<i>one</i>")], searches=["<script>alert(1)</script> red"]
    )
    page = models_html(found)
    assert "<script>" not in page
    assert "&lt;i&gt;one&lt;/i&gt;" in page
    assert "&lt;b&gt;" in page
    assert "http" not in page
    assert page.count('<img alt="" src="data:image/webp;base64,') >= 1
