"""MixBench of 2025 and 2026 in their layouts."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from modgap.errors import CorpusError
from modgap.evaluation.datasets import load_dataset


def test_mixbench25_as_its_authors_lay_it_out(tmp_path: Path, picture, lines, ids, labels) -> None:
    folder = tmp_path / "OVEN"
    lines(folder / "queries.jsonl", [{"query_id": f"q{i}", "text": f"query {i}", "image": "q.jpg"} for i in range(2)])
    documents = [
        {"corpus_id": "c0", "text": "only text", "image": None},
        {"corpus_id": "c1", "text": None, "image": "1.jpg"},
    ]
    lines(folder / "mixed_corpus.jsonl", documents)
    lines(folder / "corpus.jsonl", [{"corpus_id": "c9", "text": "of both", "image": "1.jpg"}])
    rows = ["query_id\tcorpus_id\tscore", "q0\tc0\t1", "q1\tc1\t1", "q9\tc0\t1", "broken"]
    lines(folder / "qrels" / "qrels.tsv", rows)
    picture(folder / "images" / "1.jpg")
    dataset = load_dataset("mixbench", tmp_path, subset="OVEN")
    assert ids(dataset) == {"c0": "text", "c1": "image"}
    assert labels(dataset) == {"q0": {"c0": 1}, "q1": {"c1": 1}}
    said = " ".join(dataset.notes)
    assert "1 labels are of a query that is not there and were left out (first: q9)" in said
    assert "1 labels are not whole and were left out (first: broken None)" in said
    assert "hold 2 documents of OVEN, and 1,000 are documented" in said


def test_mixbench2026_takes_the_labels_of_mixbench25(tmp_path: Path, png, lines, labels, parquet) -> None:
    folder = tmp_path / "MSCOCO"
    parquet(folder / "queries.parquet", [{"id": "q0", "text": "red", "image": None}])
    parquet(folder / "mixed_corpus.parquet", [{"id": "c0", "text": None, "image": {"bytes": png, "path": None}}])
    with pytest.raises(CorpusError, match="its qrels serve MixBench2026"):
        load_dataset("mixbench", tmp_path)
    lines(folder / "qrels" / "qrels.tsv", ["query_id\tcorpus_id\tscore", "q0\tc0\t1"])
    dataset = load_dataset("mixbench", tmp_path)
    assert labels(dataset) == {"q0": {"c0": 1}}
    assert Path(dataset.corpus.items[0].path).read_bytes() == png


@pytest.mark.parametrize("ending", ["jsonl", "parquet"])
def test_mixbench_finds_documents_of_both_by_either(tmp_path: Path, ending: str, picture, lines, ids) -> None:
    tables = {
        "query": [{"query_id": f"q{i}", "text": f"query {i}"} for i in range(3)],
        "mixed_corpus": [
            {"corpus_id": "c0", "text": "only text", "image": None},
            {"corpus_id": "c1", "text": None, "image": "pictures/1.png"},
            {"corpus_id": "c2", "text": "of both", "image": "pictures/2.png"},
        ],
        "qrel": [{"query_id": f"q{i}", "corpus_id": f"c{i}", "score": 1} for i in range(3)],
    }
    for name, rows in tables.items():
        path = tmp_path / "MSCOCO" / f"{name}.{ending}"
        if ending == "jsonl":
            lines(path, rows)
        else:
            path.parent.mkdir(exist_ok=True)
            pq.write_table(pa.Table.from_pylist(rows), path)
    for i in (1, 2):
        picture(tmp_path / "MSCOCO" / "pictures" / f"{i}.png")
    dataset = load_dataset("mixbench", tmp_path)
    assert ids(dataset) == {"c0": "text", "c1": "image", "c2": "image", "c2#text": "text"}
    assert [item.parent for item in dataset.corpus.items] == ["", "", "c2", "c2"]
    assert not any("documents of MSCOCO, and 3 " in note for note in dataset.notes)
    assert any("1 documents are text and picture in one" in note for note in dataset.notes)
    assert any("3 queries of MSCOCO, and 984 are documented" in note for note in dataset.notes)
    with pytest.raises(CorpusError, match="no subset"):
        load_dataset("mixbench", tmp_path, subset="nope")
