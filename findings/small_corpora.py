"""Which automatic queries suit a corpus of 20 to 60 passages?

Flickr8k dev: forty corpora of each shape, drawn by seed. A passage is one caption of its picture; another caption of
each picture and each passage asks. Calibrations by the passages alone, each without itself; by 200 queries of the
written bank alone; by both, filled up to 50 and to 200; and by as many of the bank as there are passages. Compared with
a calibration by the asked queries themselves, without their labels, corpus by corpus.
"""

from __future__ import annotations

import numpy as np

import modgap
from findings.sets import Mixed, flickr8k, mixed, ndcg, places, scores, table
from modgap.calibration.queries import TARGET_QUERY_COUNT, query_bank
from modgap.vectors import Vectors

SHAPES = ((20, 20), (40, 40), (60, 60), (20, 100), (40, 10))  # passages, pictures
CORPORA = 40


def macro(of: Mixed, learn: Vectors | None = None, exclude: np.ndarray | None = None) -> float:
    """NDCG@10 of standardization, the mean over both target modalities."""
    values = ndcg(places(scores("standardized", of, learn, exclude)))
    return float((values[of.pictures].mean() + values[~of.pictures].mean()) / 2)


def calibrated(of: Mixed, bank: Vectors) -> dict[str, float]:
    """NDCG@10 by each set of queries."""
    rows = np.flatnonzero(~of.pictures)
    passages, n = of.items[rows], rows.size

    def both(most: int) -> float:
        learn = np.concatenate([passages, bank[:most]])
        return macro(of, learn, np.concatenate([rows, np.full(len(learn) - n, -1)]))

    return {
        "the asked queries": macro(of),
        "passages alone": both(0),
        "bank alone": macro(of, bank[:200]),
        "passages and as many of the bank": both(n),
        "passages, filled up from the bank to 200": both(200 - n),
        f"passages, filled up from the bank to {TARGET_QUERY_COUNT}": both(max(0, TARGET_QUERY_COUNT - n)),
    }


def main() -> None:
    images, texts = flickr8k()
    bank = modgap.load_encoder().encode_texts(query_bank())
    names: list[str] = []
    columns = []
    for passages, pictures in SHAPES:
        found = []
        for seed in range(CORPORA):
            n = passages + pictures
            of = mixed(images, texts, pictures=pictures / n, seed=seed, n=n)
            found.append(calibrated(of, bank[np.random.default_rng(seed).permutation(len(bank))]))
        names = list(found[0])
        values = np.asarray([[each[name] for name in names] for each in found])
        apart = values - values[:, :1]
        halves = 1.96 * apart.std(axis=0, ddof=1) / np.sqrt(CORPORA)
        columns.append(
            [f"{m:.3f} ({a:+.3f} ±{h:.3f})" for m, a, h in zip(values.mean(0), apart.mean(0), halves, strict=True)]
        )
    headings = ["calibrated by", *(f"{passages} passages, {pictures} pictures" for passages, pictures in SHAPES)]
    rows = [[name, *(column[row] for column in columns)] for row, name in enumerate(names)]
    table("NDCG@10, and its difference from the asked queries' (mean over corpora, 95 % interval)", headings, rows)


if __name__ == "__main__":
    main()
