"""The sample corpus and the query bank are whole, consistent and licensed."""

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from modgap.corpus import read_corpus, read_queries
from modgap.io.assets import asset_path
from modgap.items import Modality

ASSETS = Path(__file__).resolve().parent.parent / "assets"
SAMPLE = ASSETS / "sample"
CORPUS = SAMPLE / "corpus"
PHOTOS = sorted((CORPUS / "photos").iterdir())
PASSAGES = sorted((CORPUS / "passages").iterdir())

TARGET_FOLDERS = {
    "image": {"photos"},
    "text": {"passages"},
    "both": {"photos", "passages"},
}


def read_lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def queries() -> list[dict]:
    return [json.loads(line) for line in read_lines(SAMPLE / "queries.jsonl")]


@pytest.fixture(scope="module")
def bank() -> list[str]:
    lines = read_lines(ASSETS / "query_bank.txt")
    return [line for line in lines if not line.startswith("#")]


def test_counts(queries):
    assert len(PHOTOS) == 39
    assert {path.suffix for path in PHOTOS} == {".webp"}
    assert len(PASSAGES) >= 100
    assert {path.suffix for path in PASSAGES} == {".txt"}
    assert len(queries) >= 60


def test_no_file_is_empty():
    files = [path for path in SAMPLE.rglob("*") if path.is_file()]
    assert [path.name for path in files if path.stat().st_size == 0] == []


def test_photos_are_webp():
    for path in PHOTOS:
        head = path.read_bytes()[:12]
        assert (head[:4], head[8:]) == (b"RIFF", b"WEBP"), path.name


def test_every_photo_is_licensed():
    with (SAMPLE / "licences.tsv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    assert sorted(row["file"] for row in rows) == [path.name for path in PHOTOS]
    for row in rows:
        assert all(row[column].strip() for column in ("author", "licence", "source")), row["file"]


def test_passages_are_short_and_distinct():
    texts = [path.read_text(encoding="utf-8") for path in PASSAGES]
    for path, text in zip(PASSAGES, texts, strict=True):
        assert text.endswith("\n"), path.name
        assert text == text.strip() + "\n", path.name
        assert 15 <= len(text.split()) <= 55, path.name
    assert len(set(texts)) == len(texts)


def test_query_ids_and_texts_are_unique(queries):
    ids = [query["id"] for query in queries]
    texts = [query["text"].lower() for query in queries]
    assert len(set(ids)) == len(ids)
    assert len(set(texts)) == len(texts)
    assert all(text.strip() for text in texts)


def test_relevant_items_exist_and_match_the_target(queries):
    for query in queries:
        relevant = query["relevant"]
        assert relevant, query["id"]
        assert len(set(relevant)) == len(relevant), query["id"]
        assert all((CORPUS / item).is_file() for item in relevant), query["id"]
        folders = {item.split("/")[0] for item in relevant}
        assert folders == TARGET_FOLDERS[query["target"]], query["id"]


def test_half_of_the_queries_have_a_picture(queries):
    with_picture = [query for query in queries if query["target"] in ("image", "both")]
    assert 2 * len(with_picture) >= len(queries)


def test_every_photo_answers_a_query(queries):
    answered = {item for query in queries for item in query["relevant"]}
    assert [path.name for path in PHOTOS if f"photos/{path.name}" not in answered] == []


def test_query_bank_lines_are_short_and_unique(bank):
    assert len(bank) == 320
    assert len({line.lower() for line in bank}) == len(bank)
    for line in bank:
        assert line == line.strip()
        assert 1 <= len(line.split()) <= 10, line


def test_query_bank_shares_no_line_with_the_queries(bank, queries):
    assert {line.lower() for line in bank}.isdisjoint(query["text"].lower() for query in queries)


def test_the_catalogue_has_sixty_objects_and_queries_that_name_them() -> None:
    corpus = read_corpus(asset_path("sample", "products.csv"))
    items = {item.parent or item.id for item in corpus.items}
    assert (len(items), corpus.skipped, corpus.duplicates) == (60, [], [])
    assert sum(item.modality is Modality.IMAGE for item in corpus.items) == 39
    queries = read_queries(asset_path("sample", "product_queries.jsonl"))
    assert {name for query in queries.queries for name in query.relevant} <= items
    assert Counter(query.target for query in queries.queries) == {"image": 32, "text": 34, "both": 8}
