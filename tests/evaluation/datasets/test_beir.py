"""Folders in the layout of BEIR."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from modgap.errors import CorpusError
from modgap.evaluation.datasets import load_dataset


@pytest.mark.parametrize("trec", [False, True])
def test_beir_folders_with_tables_or_trec_qrels_and_pictures(
    tmp_path: Path, trec: bool, picture, lines, labels
) -> None:
    root = tmp_path / "mine"
    documents = [
        {"_id": "d1", "title": "T", "text": "one"},
        {"_id": "d2", "image": "p.png"},
        {"_id": "d3", "text": " "},
    ]
    lines(root / "corpus.jsonl", documents)
    lines(root / "queries.jsonl", [{"_id": f"q{i}", "text": f"query {i}"} for i in range(4)])
    if trec:
        lines(root / "qrels" / "test.txt", ["q0 0 d1 2", "q1 0 d2 1", "q2 0 d3 1", "q9 0 d1 1", "q3 0 nowhere 1"])
    else:
        rows = ["query-id\tcorpus-id\tscore", "q0\td1\t2", "q1\td2\t1", "q2\td3\t1", "q9\td1\t1", "q3\tnowhere\t1", "x"]
        lines(root / "qrels" / "test.tsv", rows)
    picture(root / "p.png")
    dataset = load_dataset("beir", tmp_path, subset="mine")
    assert labels(dataset) == {"q0": {"d1": 2}, "q1": {"d2": 1}}
    assert dataset.corpus.items[0].text == "T. one"
    said = " ".join(dataset.notes)
    for words in (
        "1 passages are empty",
        "1 labels are of a query that is not there",
        "2 labels name a document that is not there",
        "2 queries have no relevant document",
    ):
        assert words in said
    with pytest.raises(CorpusError, match="is outside"):
        load_dataset("beir", tmp_path, subset="../..")


def test_beir_reads_folders_of_parquet_with_pictures_inside(tmp_path: Path, png, labels) -> None:
    tables = {
        "corpus": [{"id": "d1", "image": {"bytes": png, "path": None}}],
        "queries": [{"id": "q1", "text": "red"}],
        "qrels": [{"query-id": "q1", "corpus-id": "d1", "score": 1}],
    }
    for name, rows in tables.items():
        (tmp_path / name).mkdir()
        pq.write_table(pa.Table.from_pylist(rows), tmp_path / name / "test-00000-of-00001.parquet")
    dataset = load_dataset("beir", tmp_path)
    assert labels(dataset) == {"q1": {"d1": 1}}
    assert Path(dataset.corpus.items[0].path).read_bytes() == png
