"""Rerun what `docs/FINDINGS.md` says: `python benchmarks/findings/run.py [1 2 ...]`; some minutes on 2 cores."""

from __future__ import annotations

import runpy
import sys
import time
from pathlib import Path

from sets import DATA, console

HERE = Path(__file__).parent


def main() -> int:
    if not (DATA / "dev.tar").is_file():
        print(f"Skipped: {DATA}/dev.tar is not there; set FLICKR8K to the folder of dev.tar.", file=sys.stderr)
        return 0
    from provenance import provenance

    wanted = sys.argv[1:]
    sys.argv = sys.argv[:1]
    begun = time.perf_counter()
    for script in sorted(HERE.glob("q*.py")):
        if wanted and script.name[1] not in wanted:
            continue
        started = time.perf_counter()
        console.print(f"== {script.stem} ==")
        runpy.run_path(str(script), run_name="__main__")
        console.print(f"{time.perf_counter() - started:.0f} s\n")
    console.print(f"{(time.perf_counter() - begun) / 60:.1f} minutes in all; {provenance()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
