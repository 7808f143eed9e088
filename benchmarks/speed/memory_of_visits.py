"""Memory of the app: with the model loaded, and for the corpus of each visitor.

    python -m benchmarks.speed.memory_of_visits

The model: resident memory of the process (Linux). A visit: memory that Python and NumPy allocate for a corpus of 1,000
photographs (the sample's, repeated, each with its own thumbnail) and 1,000 passages of 500 characters, with random
vectors of the bundled model's dimension, calibrated and searched once.
"""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np

from benchmarks.provenance import provenance
from modgap import Collection, load_encoder
from modgap.items import Item, Modality
from modgap.ui.visit.sample import sample_corpus
from modgap.ui.visit.session import LoadedCorpus, Visits
from modgap.ui.visit.thumbnails import thumbnails
from modgap.vectors import unit_vectors

N = 1000


def resident() -> float:
    """Megabytes of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * 4096 / 1e6


def visit(visits: Visits, dimension: int) -> None:
    """Fill one visit as the app does."""
    rng = np.random.default_rng(0)
    photos = [item.path for item in sample_corpus().items if item.path]
    items = [Item(f"{n}.jpg", Modality.IMAGE, path=photos[n % len(photos)]) for n in range(N)]
    items += [Item(f"{n}.txt", Modality.TEXT, text=f"{n:06d}" + "x" * 494) for n in range(N)]
    shift = np.repeat(np.eye(2, dimension) * 5, N, axis=0)
    vectors = unit_vectors(rng.normal(size=(2 * N, dimension)) + shift)
    collection = Collection(items, vectors)
    collection.calibrate(unit_vectors(rng.normal(size=(300, dimension))))
    collection.search(vectors[0], 10)
    visits.visit_for("someone").loaded = LoadedCorpus(collection, thumbnails(items))


def main() -> None:
    encoder = load_encoder()
    encoder.wake()
    encoder.encode_texts(["a windmill that turns to the left"])
    print(f"with the bundled model loaded: {resident():,.0f} MB resident")
    visits = Visits()
    visit(Visits(), encoder.dimension)  # allocates what all visits share
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    visit(visits, encoder.dimension)
    after, _ = tracemalloc.get_traced_memory()
    print(f"a visit of {N:,} pictures and {N:,} passages: {(after - before) / 1e6:,.1f} MB")
    print(provenance())


if __name__ == "__main__":
    main()
