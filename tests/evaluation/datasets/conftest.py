"""What the tests of loaders share: writers of small files, and short views of what was read."""

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from modgap.evaluation.datasets import Dataset


@pytest.fixture(scope="session")
def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def picture(png: bytes) -> Callable[[Path], Path]:
    """Writes a picture."""

    def write(path: Path) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png)
        return path

    return write


@pytest.fixture
def lines() -> Callable[[Path, list], None]:
    """Writes one line per row: words as they are, anything else as JSON; gzipped for .gz."""

    def write(path: Path, rows: list) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        text = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows) + "\n"
        if path.suffix == ".gz":
            path.write_bytes(gzip.compress(text.encode()))
        else:
            path.write_text(text, encoding="utf-8")

    return write


@pytest.fixture
def parquet() -> Callable[[Path, list[dict]], None]:
    """Writes rows as .parquet."""

    def write(path: Path, rows: list[dict]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pylist(rows), path)

    return write


@pytest.fixture
def ids() -> Callable[[Dataset], dict[str, str]]:
    """Modality by item id."""
    return lambda dataset: {item.id: item.modality.value for item in dataset.corpus.items}


@pytest.fixture
def labels() -> Callable[[Dataset], dict[str, dict[str, int]]]:
    """Relevant items by query id."""
    return lambda dataset: {query.id: query.relevant for query in dataset.queries.queries}
