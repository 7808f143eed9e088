"""Whatever a file holds, the readers read it or raise an error of ours."""

import contextlib
import csv
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modgap.corpus import Limits, read_corpus, read_queries
from modgap.errors import ModgapError

LIMITS = Limits(file_bytes=100_000, archive_bytes=200_000, items=50, table_rows=40, field_characters=200)
quick = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def read_or_refuse(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        corpus = read_corpus(path, limits=LIMITS)
    except ModgapError:
        return
    assert corpus.items
    assert len({item.id for item in corpus.items}) == len(corpus.items)
    assert all(row.reason for row in corpus.skipped)
    assert len({(item.group, item.modality) for item in corpus.items}) == len({item.group for item in corpus.items})
    for item in corpus.items:
        item.id.encode()
        (item.text or "").encode()
        assert item.title is not None


def damaged(whole: bytes) -> st.SearchStrategy[bytes]:
    """The bytes with some replaced, and perhaps cut short."""
    changes = st.lists(st.tuples(st.integers(0, len(whole) - 1), st.integers(0, 255)), min_size=1, max_size=8)

    def apply(made: tuple[list[tuple[int, int]], int]) -> bytes:
        data = bytearray(whole)
        for place, value in made[0]:
            data[place] = value
        return bytes(data[: made[1]])

    return st.tuples(changes, st.integers(len(whole) // 2, 2 * len(whole))).map(apply)


def good_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sub/a.txt", "A quiet harbour at dusk. " * 20)
        archive.writestr("b.md", "# Notes")
        archive.writestr("c.jsonl", '{"text": "a"}')
    return buffer.getvalue()


def good_npz() -> bytes:
    buffer = io.BytesIO()
    columns = {"ids": ["a", "b"], "modality": ["image", "text"], "group": ["maps", ""]}
    np.savez(buffer, vectors=np.eye(2, 4, dtype=np.float32), **columns)
    return buffer.getvalue()


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "text", "image", "group", "x"]), inner)
    ),
    max_leaves=6,
)
CELLS = st.text(st.sampled_from('ab,;"\n\r\t\x00é😀\ud800'), max_size=12)


@quick
@given(st.lists(JSON_VALUES, max_size=6), st.binary(max_size=30))
def test_json_lines(tmp_path: Path, rows: list, tail: bytes) -> None:
    read_or_refuse(tmp_path / "f.jsonl", "\n".join(json.dumps(row) for row in rows).encode() + b"\n" + tail)


@quick
@given(st.sampled_from([",", ";", "\t"]), st.lists(st.lists(CELLS, max_size=5), max_size=8))
def test_tables(tmp_path: Path, delimiter: str, rows: list[list[str]]) -> None:
    body = "\n".join(delimiter.join(row) for row in rows).encode("utf-8", "surrogatepass")
    read_or_refuse(tmp_path / "f.csv", delimiter.join(["id", "text", "image", "group"]).encode() + b"\n" + body)


@quick
@given(st.binary(max_size=300), st.sampled_from(["f.csv", "f.jsonl", "f.npz", "f.zip", "f.txt", "f.parquet", "f.tsv"]))
def test_any_bytes_under_any_name(tmp_path: Path, content: bytes, name: str) -> None:
    read_or_refuse(tmp_path / name, content)


@quick
@given(damaged(good_zip()))
def test_damaged_archives(tmp_path: Path, content: bytes) -> None:
    read_or_refuse(tmp_path / "f.zip", content)


@quick
@given(damaged(good_npz()))
def test_damaged_vectors(tmp_path: Path, content: bytes) -> None:
    read_or_refuse(tmp_path / "f.npz", content)
    with contextlib.suppress(ModgapError):
        read_queries(tmp_path / "f.npz")


@quick
@given(st.dictionaries(st.text(min_size=1, max_size=12), st.binary(max_size=60), max_size=5))
def test_archives_of_any_names(tmp_path: Path, members: dict[str, bytes]) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(f"{name.encode('utf-8', 'replace').decode()}"), data)
    read_or_refuse(tmp_path / "f.zip", buffer.getvalue())


@quick
@given(
    st.lists(st.sampled_from(["id", "sku", "text", "title", "image", "image_url", "caption", "group", ""]), max_size=6),
    st.lists(st.lists(st.text(max_size=20), max_size=7), max_size=4),
)  # fmt: skip
def test_any_table_with_usual_names(tmp_path: Path, names: list[str], rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([names, *rows])
    read_or_refuse(tmp_path / "t.csv", text.getvalue().encode("utf-8", "surrogatepass"))


def good_xlsx() -> bytes:
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    for row in (("sku", "title"), ("a", "a red square"), ("b", "a blue one")):
        book.active.append(row)
    book.save(buffer)
    return buffer.getvalue()


@settings(parent=quick, max_examples=10)
@given(damaged(good_xlsx()))
def test_damaged_spreadsheets(tmp_path: Path, content: bytes) -> None:
    read_or_refuse(tmp_path / "t.xlsx", content)
