"""Print the tables of `docs/FINDINGS.md` again, all or those of the named questions; some minutes on 2 cores.

    python -m findings.run [which_method how_many_queries unequal_pools ...]

`python -m findings.run --help` lists the names. Each is a module of this package whose `main()` prints its tables.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from collections.abc import Sequence

from benchmarks.provenance import provenance
from findings.sets import DATA, console

QUESTIONS = (  # in the order of docs/FINDINGS.md
    "which_method",
    "how_many_queries",
    "small_corpora",
    "unequal_pools",
    "labels",
    "other_queries_or_corpus",
    "swap_pictures_for_text",
    "own_method",
    "default_method",
    "skewed_demand",
    "transfer_between_corpora",
    "when_not_to_calibrate",
    "all_sets",
)


def run(names: Sequence[str]) -> None:
    """Print the tables of each named question, its seconds, and the provenance of all of them."""
    begun = time.perf_counter()
    for name in names:
        started = time.perf_counter()
        console.print(f"== {name} ==")
        importlib.import_module(f"findings.{name}").main()
        console.print(f"{time.perf_counter() - started:.0f} s\n")
    console.print(f"{(time.perf_counter() - begun) / 60:.1f} minutes in all; {provenance()}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0, also where Flickr8k is missing (a message on stderr says so); 2 for an unknown question."""
    known = ", ".join(QUESTIONS)
    parser = argparse.ArgumentParser(prog="python -m findings.run", description=f"Questions: {known}.")
    parser.add_argument("questions", nargs="*", metavar="QUESTION", help="names from the list above; all by default")
    wanted = parser.parse_args(arguments).questions
    if unknown := [name for name in wanted if name not in QUESTIONS]:
        parser.error(f"unknown question: {', '.join(unknown)}; known are {known}")
    if not (DATA / "dev.tar").is_file():
        print(f"Skipped: {DATA}/dev.tar not found; set FLICKR8K to the folder of dev.tar.", file=sys.stderr)
        return 0
    run([name for name in QUESTIONS if not wanted or name in wanted])
    return 0


if __name__ == "__main__":
    sys.exit(main())
