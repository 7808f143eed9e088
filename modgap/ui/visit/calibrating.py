"""Calibrate a visitor's corpus from the queries of a text box or a file, within limits."""

from __future__ import annotations

from pathlib import Path

from modgap.calibration import Calibration
from modgap.corpus import read_queries
from modgap.errors import CorpusError, ModgapError
from modgap.progress import Progress
from modgap.search.collection import Collection
from modgap.ui.visit.private_files import without_folders
from modgap.ui.visit.zero_gpu import calibrate_collection

MAX_QUERIES = 5000
MAX_QUERY_FILE_BYTES = 4 * 10**6
MAX_QUERY_CHARACTERS = 1000  # of a line; a search is short


def queries_of_file(path: Path) -> str:
    """The queries of a file, one a line, labels left out. Raises ModgapError for a file without words."""
    if path.stat().st_size > MAX_QUERY_FILE_BYTES:
        raise ModgapError(
            f"{path.name} has more than {MAX_QUERY_FILE_BYTES // 10**6} MB: a list of queries is shorter."
        )
    try:
        lines = [" ".join(query.text.split()) for query in read_queries(path).queries if query.text]
    except CorpusError as error:
        raise ModgapError(without_folders(str(error), [path])) from error
    if not lines:
        raise ModgapError(f"{path.name} holds no query in words: write one a line.")
    return "\n".join(lines)


def calibrate(collection: Collection, own_queries: str, progress: Progress) -> Calibration:
    """Calibrate from the lines of the text box, or from automatic queries where it is empty.

    Raises ModgapError for too many lines or one that is too long, and where the collection cannot be calibrated.
    """
    lines = [line.strip() for line in own_queries.splitlines() if line.strip()]
    if len(lines) > MAX_QUERIES:
        raise ModgapError(f"These are {len(lines):,} queries and the limit is {MAX_QUERIES:,}: {MAX_QUERIES:,} do.")
    longest = max(lines, key=len, default="")
    if len(longest) > MAX_QUERY_CHARACTERS:
        raise ModgapError(
            f'The query "{longest[:40]}…" has more than {MAX_QUERY_CHARACTERS:,} characters: one query a line.'
        )

    def report_progress(stage: str, done: int, total: int) -> None:
        progress("Reading calibration queries" if stage == "Reading passages" else stage, done, total)

    return calibrate_collection(collection, lines or None, report_progress)
