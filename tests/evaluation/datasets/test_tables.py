"""Tables in one file or in shards."""

from pathlib import Path

import pytest

from modgap.errors import CorpusError
from modgap.evaluation.datasets import load_dataset
from modgap.evaluation.datasets.base import Notes
from modgap.evaluation.datasets.tables import Pictures, read_rows


def test_mtebs_copies_of_mbeir_lie_in_shards(tmp_path: Path, ids, labels, parquet) -> None:
    queries = [{"id": "2:1", "modality": "text", "text": "words", "image": None}]
    parquet(tmp_path / "query-00000-of-00001.parquet", queries)
    for shard in (0, 1):
        row = {"id": f"2:1{shard}", "modality": "text", "text": f"document {shard}", "image": None}
        parquet(tmp_path / f"corpus-0000{shard}-of-00003.parquet", [row])
    right = {"query-id": "2:1", "Q0": "0", "corpus-id": "2:11", "score": 1}
    parquet(tmp_path / "qrels-00000-of-00001.parquet", [right])
    dataset = load_dataset("beir", tmp_path)
    assert ids(dataset) == {"2:10": "text", "2:11": "text"}
    assert labels(dataset) == {"2:1": {"2:11": 1}}
    assert any("1 shards of corpus-00000-of-00003.parquet are missing" in note for note in dataset.notes)


def test_beir_reads_the_shards_of_its_split_only(tmp_path: Path, labels, parquet) -> None:
    for split in ("train", "test"):
        rows = [{"query-id": f"q-{split}", "corpus-id": "d1", "score": 1}]
        parquet(tmp_path / "qrels" / f"{split}-00000-of-00001.parquet", rows)
        parquet(tmp_path / "queries" / f"{split}-00000-of-00001.parquet", [{"id": f"q-{split}", "text": "words"}])
    parquet(tmp_path / "corpus" / "corpus-00000-of-00001.parquet", [{"id": "d1", "title": "T", "text": "words"}])
    assert labels(load_dataset("beir", tmp_path)) == {"q-test": {"d1": 1}}
    assert labels(load_dataset("beir", tmp_path, split="train")) == {"q-train": {"d1": 1}}


def test_the_first_table_that_exists_is_read(tmp_path: Path, parquet) -> None:
    (tmp_path / "second.tsv").write_text('id\ttext\n1\t"quoted\n2\tx\tbeyond the header\n', encoding="utf-8")
    parquet(tmp_path / "third.parquet", [{"id": "9"}])
    where = {"notes": Notes(), "data_set": "A set", "source": "somewhere"}
    rows = list(read_rows(tmp_path, "first", "second", "third", **where))
    assert rows == [{"id": "1", "text": '"quoted'}, {"id": "2", "text": "x"}]
    with pytest.raises(CorpusError, match=r"has no first or fourth \(.*which A set needs: it comes from somewhere"):
        list(read_rows(tmp_path, "first", "fourth", **where))


def test_a_broken_parquet_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "rows.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(CorpusError, match=r"rows\.parquet cannot be read as \.parquet"):
        list(read_rows(tmp_path, "rows", notes=Notes(), data_set="A set", source="somewhere"))


def test_pictures_are_found_in_the_first_folder_that_has_them_or_unpacked_from_bytes(
    tmp_path: Path, picture, png: bytes
) -> None:
    picture(tmp_path / "b" / "x.png")
    notes = Notes()
    pictures = Pictures(tmp_path / "a", tmp_path / "b", notes=notes)
    assert pictures.item("1", "x.png").path == (tmp_path / "b" / "x.png").resolve()
    assert pictures.item("2", {"bytes": png}).path.read_bytes() == png
    assert len(pictures.unpacked) == 1
    assert pictures.item("3", "gone.png") is None
    assert notes.sentences() == ["1 pictures are not there and were left out (first: gone.png)."]
