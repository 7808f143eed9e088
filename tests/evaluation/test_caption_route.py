"""Pictures searched through their captions."""

from pathlib import Path

import numpy as np
from PIL import Image

from modgap.corpus import Corpus, Queries, Query
from modgap.evaluation import ResultCache, evaluate
from modgap.items import Item, Modality
from modgap.search.collection import Collection


def test_the_caption_route_finds_a_picture_by_its_words(tmp_path: Path, reader) -> None:
    Image.new("RGB", (9, 9)).save(tmp_path / "a.png")
    items = [
        Item("a", Modality.IMAGE, path=tmp_path / "a.png", caption="a cat"),
        Item("b", Modality.IMAGE, path=tmp_path / "a.png"),
        Item("t", Modality.TEXT, text="a dog"),
    ]
    vectors = np.asarray([[0, 0.1, 1], [0, 0, 1], [0.1, 1, 0]], np.float32)
    corpus = Corpus(items)
    collection = Collection(items, vectors, encoder=reader, corpus=corpus)  # type: ignore[arg-type]
    asked = Queries([Query("q", text="cat", relevant={"a": 1})], np.asarray(["text"]))
    evaluation = evaluate(collection, asked, ["raw", "caption_route"])
    assert evaluation.methods["raw"]["all"]["recall@1"] == 0.0
    assert evaluation.methods["caption_route"]["all"]["recall@1"] == 1.0
    assert evaluation.notes == [
        "caption_route searches pictures through their captions: a stand-in for what a captioning model writes.",
        "caption_route: 1 pictures have no caption and are searched as pictures.",
    ]
    for _ in range(2):  # the second time from the cache
        kept = evaluate(collection, asked, ["raw", "caption_route"], result_cache=ResultCache(tmp_path / "work"))
        assert kept.notes == evaluation.notes


def test_without_captions_the_route_is_left_out_with_its_reason(collection, queries) -> None:
    evaluation = evaluate(collection, queries, ["raw", "caption_route"])
    assert list(evaluation.methods) == ["raw"]
    assert "caption_route was left out. No picture of the corpus has a caption" in evaluation.notes[0]
