"""M-BEIR in its official layout."""

from pathlib import Path

import pytest

from modgap.errors import CorpusError
from modgap.evaluation.datasets import load_dataset


def test_mbeir_reads_a_task_with_its_five_field_qrels(tmp_path: Path, picture, lines, labels) -> None:
    queries = [
        {"qid": "2:1", "query_txt": "words", "query_img_path": None},
        {"qid": "2:2", "query_txt": None, "query_img_path": "mbeir_images/q.png"},
        {"qid": "2:3", "query_txt": None, "query_img_path": "mbeir_images/gone.png"},
    ]
    pool = [
        {"did": "2:10", "txt": "a text", "img_path": None, "modality": "text"},
        {"did": "2:11", "txt": "and its text", "img_path": "mbeir_images/c.png", "modality": "image,text"},
        {"did": "2:11", "txt": "twice", "img_path": None, "modality": "text"},
    ]
    lines(tmp_path / "query" / "test" / "mbeir_webqa_task2_test.jsonl", queries)
    lines(tmp_path / "cand_pool" / "local" / "mbeir_webqa_task2_cand_pool.jsonl", pool)
    lines(
        tmp_path / "qrels" / "test" / "mbeir_webqa_task2_test_qrels.txt",
        ["2:1 0 2:10 1 2", "2:2 0 2:11 1 2", "2:9 0 2:10 1 2"],
    )
    for name in ("q", "c"):
        picture(tmp_path / "mbeir_images" / f"{name}.png")
    dataset = load_dataset("mbeir", tmp_path, subset="webqa_task2")
    assert labels(dataset) == {"2:1": {"2:10": 1}, "2:2": {"2:11": 1}}
    assert dataset.queries.modality.tolist() == ["text", "image"]
    said = " ".join(dataset.notes)
    assert "1 documents have the id of another" in said
    assert "1 queries have neither words nor a picture" in said
    assert "1 labels are of a query that is not there and were left out (first: 2:9)" in said
    assert "hold 3 queries of webqa_task2, and 2,511 are documented" in said
    with pytest.raises(CorpusError, match="choose one by its name"):
        load_dataset("mbeir", tmp_path)
