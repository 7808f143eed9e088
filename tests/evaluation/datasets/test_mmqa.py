"""MultimodalQA in its official layout."""

from pathlib import Path

import pytest

from modgap.errors import CorpusError
from modgap.evaluation.datasets import load_dataset


def test_mmqa_takes_text_and_picture_questions_and_each_document_once(
    tmp_path: Path, picture, lines, ids, labels
) -> None:
    def question(qid: str, kind: str, right: list[str], **pools: list[str]) -> dict:
        context = [{"doc_id": name, "doc_part": "text"} for name in right]
        return {
            "qid": qid,
            "question": f"{qid}?",
            "metadata": {"type": kind, **pools},
            "supporting_context": context * 3,
        }

    rows = [
        question("q1", "TextQ", ["t1"], text_doc_ids=["t1", "t2"], image_doc_ids=["i1"]),
        question("q2", "ImageQ", ["i1"], text_doc_ids=["t2"], image_doc_ids=["i1", "i2"]),
        question("q3", "TableQ", ["t3"], text_doc_ids=["t3"]),
        question("q4", "TextQ", ["gone"]),
        "{broken",
    ]
    lines(tmp_path / "MMQA_dev.jsonl.gz", rows)
    lines(tmp_path / "MMQA_texts.jsonl.gz", [{"id": f"t{i}", "title": "T", "text": f"text {i}"} for i in (1, 2, 3)])
    pictures = [{"id": "i1", "title": "P", "path": "i1.jpg"}, {"id": "i2", "title": "P", "path": "../../etc/passwd"}]
    lines(tmp_path / "MMQA_images.jsonl.gz", pictures)
    picture(tmp_path / "final_dataset_images" / "i1.jpg")
    dataset = load_dataset("mmqa", tmp_path)
    assert ids(dataset) == {"t1": "text", "t2": "text", "i1": "image"}
    assert labels(dataset) == {"q1": {"t1": 1}, "q2": {"i1": 1}}
    said = " ".join(dataset.notes)
    for words in (
        "2 TextQ questions, and 721",
        "1 lines of MMQA_dev.jsonl.gz are not JSON",
        "1 pictures are not there",
    ):
        assert words in said
    assert "1 queries have no relevant document" in said
    assert labels(load_dataset("mmqa", tmp_path, subset="ImageQ")).keys() == {"q2"}
    with pytest.raises(CorpusError, match="it has TextQ, ImageQ"):
        load_dataset("mmqa", tmp_path, subset="TableQ")


def test_mmqa_counts_questions_that_are_not_laid_out_as_they_should_be(tmp_path: Path, lines, labels) -> None:
    whole = {"qid": "q1", "question": "?", "metadata": {"type": "TextQ"}, "supporting_context": [{"doc_id": "t1"}]}
    odd = [{"qid": "q2", "metadata": []}, {**whole, "qid": "q3", "question": None}]
    odd.append({**whole, "qid": "q4", "metadata": {"type": "TextQ", "text_doc_ids": 7}, "supporting_context": 5})
    lines(tmp_path / "MMQA_dev.jsonl.gz", [whole, *odd])
    lines(tmp_path / "MMQA_texts.jsonl.gz", [{"id": "t1", "title": "T", "text": "text"}])
    lines(tmp_path / "MMQA_images.jsonl.gz", [])
    dataset = load_dataset("mmqa", tmp_path)
    assert labels(dataset) == {"q1": {"t1": 1}}
    said = " ".join(dataset.notes)
    for words in ("have no metadata and were left out (first: q2)", "have no words and were left out (first: q3)"):
        assert words in said
    assert "have no relevant document and were left out (first: q4)" in said
