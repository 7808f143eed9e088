"""On-disk cache of evaluation results, one file per (method, data set).

An entry is named by everything that its numbers depend on: vectors of corpus and queries, labels, method, the queries
that it was fitted on, the weights of I0T_async, the version. If one of them changes, the name changes too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from modgap.errors import CorpusError
from modgap.evaluation.results import Values
from modgap.io.atomic_write import write_atomically
from modgap.metrics.retrieval import METRICS


class ResultCache:
    """A folder of finished results, created if it does not exist.

    notes: damaged entries, which are computed again.
    Raises CorpusError where the folder cannot be created.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder).expanduser()
        self.notes: list[str] = []
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CorpusError(f"{self.folder} cannot hold finished results: {error.strerror or error}.") from error

    def read(self, name: str, n_queries: int) -> Values | None:
        """The values of an entry, each metric (n_queries,); None where it does not exist or is damaged."""
        path = self._path(name)
        if not path.is_file():
            return None
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
            values = {metric: np.asarray(document[metric], dtype=np.float64) for metric in METRICS}
            if any(each.shape != (n_queries,) or not np.isfinite(each).all() for each in values.values()):
                raise ValueError("it holds other queries")
        except (OSError, ValueError, KeyError, TypeError) as error:
            self.notes.append(f"{path} is damaged ({error}) and was computed again.")
            return None
        return values

    def write(self, name: str, values: Values) -> None:
        """Write an entry atomically. Raises CorpusError where the folder cannot be written."""
        document = json.dumps({metric: of.tolist() for metric, of in values.items()})
        write_atomically(self._path(name), document.encode(), error=CorpusError)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"


def entry_name(method: str, parts: Sequence[Any]) -> str:
    """A file name for an entry: the method and a hash of `parts` (arrays, or plain JSON values)."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, np.ndarray):
            digest.update(np.ascontiguousarray(part).tobytes())
        else:
            digest.update(json.dumps(part, sort_keys=True).encode("utf-8", "surrogatepass"))
        digest.update(b"\x00")
    return f"{method.replace('+', '_')}-{digest.hexdigest()[:16]}"
