"""Share of nonsense and of real queries with the verdict "no good match", on the sample corpus.

    python -m benchmarks.quality.no_good_match [--model NAME/TAG] [--list]

As shipped, a query has no good match if no hit reaches the fit threshold (0.05: by construction about one calibration
query in twenty, or fewer), or if the query matches its best items no better than meaningless words do
(`modgap/calibration/no_good_match.py`: above the 80th percentile of letter-shuffled queries of the bank). Neither rule
uses labels. Nonsense: the queries listed below, none of them made by shuffling. Real: the labelled queries of the
sample corpus, without their labels. Two calibrations: automatic queries (the default), and the real queries
themselves, as from a query log; the real rate is then the cost of the definition, not how it generalises. Real queries
with the verdict are that cost: the model matches them weakly.

The other definitions were tried as alternatives, fit alone first; the threshold of each is the 5th percentile of the
same calibration queries. AUC: probability that a real query scores above a nonsense one, independent of a threshold.
`contrast` is the best score minus the mean score of that modality, `centred` the best cosine after subtracting the
means of the calibration queries and of each modality.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

import modgap
from benchmarks.provenance import provenance
from modgap.calibration.queries import CalibrationQueries, automatic_text_queries, given_queries
from modgap.io.assets import asset_path
from modgap.items import Modality, no_good_match
from modgap.search.collection import Collection
from modgap.vectors import Vectors

NONSENSE = {
    "keyboard": ["asdfghjkl", "qwertyuiop", "zxcvbnm,./", "fjdksla; fjdksla;", "hgfdsa poiuyt", "jjjjjjjjjjjj"],
    "letters": ["xkcd zzqv wprt", "ykz ptlk nnrw", "aaaaaaaaaaaaaaaaaaaa", "qx vv bm", "mmwq lrtz hhk ppd"],
    "invented words": ["blorptang vexiq", "wug snarf glibbet", "tic tac toc tuc tec", "frindle mox batherwick"],
    "numbers and signs": ["1234567890", "404 500 301 302", "!!! ??? ### @@@", ";;;;;;;;", "a7b9c2d4-e5f6-4a1b"],
    "code": [
        "() => { return null; }",
        "SELECT * FROM users WHERE id = 1;",
        "for (int i = 0; i < n; i++) {",
        "import os, sys; sys.exit(0)",
        '<div class="row"></div>',
        "git rebase --interactive HEAD~3",
        "NullPointerException at line 42",
        "def __init__(self, *args, **kwargs):",
        "0x7f3a9c 0xdeadbeef",
    ],
    "empty talk": [
        "well, you know, it is what it is",
        "as I was saying, and so on and so forth",
        "yeah no maybe I guess",
        "hmm okay whatever then",
        "per my last email",
        "let us circle back on that going forward",
        "blah blah blah",
        "to whom it may concern",
        "um, er, like, sort of",
    ],
    "function words": ["the of and to in that", "is it or is it not, that was it", "lorem ipsum dolor sit amet"],
}

Asked = tuple[Vectors, NDArray[np.intp]]
Scores = tuple[NDArray, NDArray, NDArray]  # of the calibration queries, the real and the nonsense ones


def shipped(collection: Collection, texts: list[str]) -> NDArray[np.bool_]:
    """(n,) whether the collection reports "no good match" for each query."""
    return np.asarray([no_good_match(collection.search(text, k=10)) for text in texts])


def fit_alone(collection: Collection, texts: list[str]) -> NDArray[np.bool_]:
    """(n,) whether no hit of each query reaches the fit threshold."""
    assert collection.calibration is not None
    threshold = collection.calibration.fit_threshold
    return np.asarray([all((hit.fit or 0) < threshold for hit in collection.search(text, k=10)) for text in texts])


def definitions(collection: Collection, calibration: CalibrationQueries, real: Vectors, nonsense: Vectors):
    """{definition: scores}, higher for a better match; each is standardized on the calibration queries."""
    items = {m: collection.vectors[collection.modality == m.value] for m in Modality}
    rows = {m: np.flatnonzero(collection.modality == m.value) for m in Modality}
    query_mean = calibration.vectors.mean(axis=0)
    nobody = np.full(max(len(real), len(nonsense)), -1, dtype=np.intp)
    groups: list[Asked] = [
        (calibration.vectors, calibration.sources),
        (real, nobody[: len(real)]),
        (nonsense, nobody[: len(nonsense)]),
    ]

    def standardized(score: Callable[[Asked], NDArray]) -> Scores:
        values = [score(group) for group in groups]
        return tuple((v - values[0].mean()) / values[0].std() for v in values)  # type: ignore[return-value]

    def met(asked: Asked, m: Modality, scores: NDArray) -> NDArray:
        return np.where(rows[m][None, :] == asked[1][:, None], np.nan, scores)

    def best(asked: Asked, m: Modality) -> NDArray:
        return np.nanmax(met(asked, m, asked[0] @ items[m].T), axis=1)

    def contrast(asked: Asked, m: Modality) -> NDArray:
        return best(asked, m) - np.nanmean(met(asked, m, asked[0] @ items[m].T), axis=1)

    def centred(asked: Asked, m: Modality) -> NDArray:
        queries, there = asked[0] - query_mean, items[m] - items[m].mean(axis=0)
        queries = queries / np.linalg.norm(queries, axis=1, keepdims=True)
        return np.nanmax(met(asked, m, queries @ (there / np.linalg.norm(there, axis=1, keepdims=True)).T), axis=1)

    found: dict[str, Scores] = {}
    for name, score in (("best cosine", best), ("contrast", contrast), ("centred", centred)):
        text, image = (standardized(lambda asked, m=m, score=score: score(asked, m)) for m in Modality)
        found[f"{name}, passages"], found[f"{name}, pictures"] = text, image
        found[f"{name}, better of both"] = tuple(np.maximum(a, b) for a, b in zip(text, image, strict=True))
        found[f"{name}, sum of both"] = tuple(a + b for a, b in zip(text, image, strict=True))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=None)
    parser.add_argument("--list", action="store_true", help="print the queries with the wrong verdict")
    arguments = parser.parse_args()
    encoder = modgap.load_encoder(arguments.model)
    collection = Collection.encode(modgap.read_corpus(asset_path("sample", "corpus")), encoder)
    real = [q.text or "" for q in modgap.read_queries(asset_path("sample", "queries.jsonl")).queries]
    nonsense = [text for texts in NONSENSE.values() for text in texts]
    automatic = automatic_text_queries(collection.items, collection.vectors, encoder)
    own = given_queries(real, encoder, collection.dimension)[Modality.TEXT]
    vectors = encoder.encode_texts(real), encoder.encode_texts(nonsense)
    for title, queries, asked in (("automatic", None, automatic), ("the real queries", real, own)):
        collection.calibrate(queries)
        wrong = shipped(collection, real), ~shipped(collection, nonsense)
        print(f"\ncalibrated on {title} ({len(asked.vectors)} queries): no good match")
        print(f"{'':34}{'nonsense':>10} of {len(nonsense)}{'real':>10} of {len(real)}{'AUC':>8}")
        print(f"{'shipped':34}{1 - wrong[1].mean():10.0%}{wrong[0].mean():16.0%}")
        alone = [fit_alone(collection, texts).mean() for texts in (nonsense, real)]
        print(f"{'fit alone: none reaches it':34}{alone[0]:10.0%}{alone[1]:16.0%}")
        for name, (calibrated, good, bad) in definitions(collection, asked, *vectors).items():
            threshold = np.quantile(calibrated, 0.05)
            auc = roc_auc_score([1] * len(good) + [0] * len(bad), np.concatenate([good, bad]))
            print(f"{name:34}{np.mean(bad < threshold):10.0%}{np.mean(good < threshold):16.0%}{auc:14.2f}")
        if arguments.list:
            print("real, yet no good match:", [t for t, w in zip(real, wrong[0], strict=True) if w])
            print("nonsense, yet a good match:", [t for t, w in zip(nonsense, wrong[1], strict=True) if w])
    print(f"\n{collection.model}; {provenance()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
