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
    assert ids(dataset) == {"t1": "text", "t2": "text", "i1": "image", "i1#text": "text"}
    assert labels(dataset) == {"q1": {"t1": 1}, "q2": {"i1": 1}}
    said = " ".join(dataset.notes)
    for words in (
        "2 TextQ questions, and 721",
        "1 lines of MMQA_dev.jsonl.gz are not JSON",
        "1 pictures are not there",
        "1 questions are of another type and were left out (first: q3, TableQ)",
    ):
        assert words in said
    assert "1 queries have no relevant document" in said
    assert labels(load_dataset("mmqa", tmp_path, subset="ImageQ")).keys() == {"q2"}
    with pytest.raises(CorpusError, match="one of TextQ, ImageQ, ImageListQ, TableQ, all"):
        load_dataset("mmqa", tmp_path, subset="SoundQ")
    with pytest.raises(CorpusError, match=r"no MMQA_tables.*github.com/allenai/multimodalqa"):
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


def test_tables_are_a_group_of_their_own(tmp_path: Path, lines, ids, labels) -> None:
    def question(qid: str, kind: str, *right: str) -> dict:
        about = {"type": kind, "table_id": "b1", "text_doc_ids": ["t1"]}
        context = [{"doc_id": name} for name in right]
        return {"qid": qid, "question": f"{qid}?", "metadata": about, "supporting_context": context}

    rows = [question("q1", "TableQ", "b1"), question("q2", "Compose(TableQ,TextQ)", "b1", "t1")]
    lines(tmp_path / "MMQA_dev.jsonl", rows)
    lines(tmp_path / "MMQA_texts.jsonl", [{"id": "t1", "title": "T", "text": "text"}])
    lines(tmp_path / "MMQA_images.jsonl", [])
    table = {"table_name": "Films", "header": [{"column_name": "Title"}], "table_rows": [[{"text": "Mask"}], "odd"]}
    lines(tmp_path / "MMQA_tables.jsonl", [{"id": "b1", "title": "Ben Piazza", "table": table}, {"id": "b2"}])
    found = load_dataset("mmqa", tmp_path, subset="all")
    groups = {item.id: (item.modality.value, item.group) for item in found.corpus.items}
    assert groups == {"t1": ("text", "text"), "b1": ("text", "table")}
    assert next(item.text for item in found.corpus.items if item.id == "b1") == "Ben Piazza, Films\nTitle\nMask"
    assert labels(found) == {"q1": {"b1": 1}, "q2": {"b1": 1, "t1": 1}}
    assert labels(load_dataset("mmqa", tmp_path, subset="TableQ")).keys() == {"q1"}


def test_all_missing_files_are_named_at_once(tmp_path: Path, lines) -> None:
    lines(tmp_path / "MMQA_dev.jsonl", [])
    with pytest.raises(CorpusError, match=r"no MMQA_texts\.jsonl\(\.gz\), no MMQA_images.* comes from github"):
        load_dataset("mmqa", tmp_path)
