"""Does a calibration travel to another corpus of the same encoder? MemoryLens and Flickr8k, both by CLIP ViT-B/32.

    python -m findings.transfer_between_corpora

Two corpora that have nothing in common but the encoder: photographs with one sentence each (memorylens), and 25
pictures and 25 captions of Flickr8k (clip 50). Each method learns from the items of one of them as automatic queries,
and ranks both. Texts ask in clip 50; texts and pictures in memorylens.
"""

from __future__ import annotations

import numpy as np

from findings.default_method import macro, places
from findings.development_sets import Cell, MixedSet, development_sets, taught
from findings.sets import ndcg, table
from modgap.methods import method_by_name

SETS = ("memorylens", "clip 50")
METHODS = ("standardized", "gr_clip+standardized", "calibrated")


def carried(name: str, learnt_on: MixedSet, used_on: MixedSet) -> np.ndarray:
    """(n,) place of each right item of one set, by a method that learnt from another set's items."""
    found = np.zeros(len(used_on.queries), dtype=int)
    for modality in np.unique(used_on.modality).tolist():
        rows = np.flatnonzero(learnt_on.groups == modality)
        method = method_by_name(name)
        method.fit(learnt_on.items[rows], learnt_on.items, learnt_on.groups, query_modality=modality, exclude=rows)
        asking = np.flatnonzero(used_on.modality == modality)
        scores = method.score(used_on.queries[asking], used_on.items, used_on.groups)
        right = scores[np.arange(len(asking)), used_on.answer[asking]]
        found[asking] = 1 + (scores > right[:, None]).sum(axis=1)
    return found


def main() -> None:
    """Print NDCG@10, macro over targets, by what a method learnt on and where it is used."""
    sets = {name: development_sets()[name]["plain"] for name in SETS}
    rows = []
    for used, of in sets.items():
        cell = Cell((used, "plain", "equal", "automatic"), *taught(of, "automatic"))
        raw = macro(ndcg(places(cell, lambda: method_by_name("raw"))), of.target)
        for name in METHODS:
            by_source = [
                macro(ndcg(carried(name, source, of)), of.target)
                for source in (of, *(other for other_name, other in sets.items() if other_name != used))
            ]
            rows.append([f"{used}, {name}", f"{raw:.3f}", *(f"{value:.3f}" for value in by_source)])
    table("NDCG@10, macro over targets", ["used on", "raw", "learnt on itself", "learnt on the other"], rows)


if __name__ == "__main__":
    main()
