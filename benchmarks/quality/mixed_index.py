"""Why there is one index for each group: pictures that a mixed approximate index finds, and that one for each finds.

    python -m benchmarks.quality.mixed_index FILE.npz

FILE holds pairs, `image` and `text` (n, d) row by row, of an image-text encoder. Texts of half of the pairs ask for the
ten best pictures among all pictures and the texts of the other half. Both indexes are FAISS's HNSW with 32 neighbours
and the same candidates (efSearch): the mixed one holds everything and filters by modality afterwards, as engines do.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from benchmarks.provenance import provenance
from modgap.vectors import Vectors, unit_vectors

K, NEIGHBOURS, CANDIDATES = 10, 32, (40, 100, 400)


def graph(vectors: Vectors) -> Any:
    """An HNSW index of unit vectors (n, d)."""
    index = faiss.IndexHNSWFlat(vectors.shape[1], NEIGHBOURS, faiss.METRIC_INNER_PRODUCT)
    index.add(np.ascontiguousarray(vectors))
    return index


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pairs", type=Path)
    path = parser.parse_args().pairs
    with np.load(path) as arrays:
        pictures, texts = unit_vectors(arrays["image"]), unit_vectors(arrays["text"])
    half = len(texts) // 2
    queries, passages = np.ascontiguousarray(texts[:half]), texts[half:]
    exact = np.argsort(-(queries @ pictures.T), axis=1, kind="stable")[:, :K]
    mixed, alone = graph(np.concatenate([pictures, passages])), graph(pictures)
    print(
        f"{path.parent.name}/{path.name}: {len(pictures):,} pictures and {len(passages):,} passages, {half:,} queries"
    )
    print(f"{'candidates':>10} {'index':>10} {'pictures of 10':>15} {'recall@10':>10}")
    for candidates in CANDIDATES:
        for name, index in (("mixed", mixed), ("pictures", alone)):
            index.hnsw.efSearch = candidates
            _, found = index.search(queries, candidates)  # the filter comes after the walk
            kept = [[row for row in rows.tolist() if 0 <= row < len(pictures)][:K] for rows in found]
            shares = [len(set(rows) & set(best.tolist())) / K for rows, best in zip(kept, exact, strict=True)]
            print(f"{candidates:10} {name:>10} {np.mean([len(each) for each in kept]):15.2f} {np.mean(shares):10.3f}")
    print(provenance())


if __name__ == "__main__":
    main()
