"""Are query vectors of another model recognised, and those of the same model on other subjects left alone?

    python -m benchmarks.quality.foreign_queries A=pairs.npz A=more.npz B=pairs.npz ...

Each argument is the name of a model and a file of its vectors: pairs (`image`, `text`) or items (`vectors`, `modality`)
of one width. Half of each file is a corpus; the other half of every file asks it, texts and pictures apart. Printed
for each corpus: warnings among the questions of its own model, which should be none, and among those of others.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from benchmarks.provenance import provenance
from modgap.calibration.foreign_queries import foreign_query_warnings
from modgap.engines.exact import ExactEngine
from modgap.vectors import Vectors, unit_vectors


def halves(path: Path) -> tuple[ExactEngine, dict[str, Vectors]]:
    """A corpus of the first half of each modality, and the second halves as queries."""
    with np.load(path) as arrays:
        if "vectors" in arrays:
            sides = {m: unit_vectors(arrays["vectors"][arrays["modality"] == m]) for m in ("image", "text")}
        else:
            sides = {m: unit_vectors(arrays[m]) for m in ("image", "text")}
    first = {m: side[: len(side) // 2] for m, side in sides.items()}
    groups = np.repeat(list(first), [len(side) for side in first.values()])
    queries = {m: side[len(side) // 2 :] for m, side in sides.items()}
    return ExactEngine(np.concatenate(list(first.values())), groups), queries


def main() -> None:
    named = [argument.partition("=") for argument in sys.argv[1:]]
    sets = [(model, Path(path), *halves(Path(path))) for model, _, path in named]
    print(f"{'corpus':34} {'own model: warned':>18} {'other models: warned':>21}")
    for model, path, engine, _ in sets:
        warned: dict[bool, list[bool]] = {True: [], False: []}
        for other, _, _, queries in sets:
            for vectors in queries.values():
                warned[other == model].append(bool(foreign_query_warnings(engine, vectors)))
        own, others = (f"{sum(each)} of {len(each)}" for each in (warned[True], warned[False]))
        print(f"{f'{path.parent.name}/{path.name}'[:34]:34} {own:>18} {others:>21}")
    print(provenance())


if __name__ == "__main__":
    main()
