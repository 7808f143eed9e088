"""The U-curve: NDCG@10 as pictures are swapped for passages, from a pool of pictures only to one of passages only.

    python -m findings.swap_pictures_for_text [--figure docs/figures/swap.svg]

Flickr8k dev, 1,000 documents, five seeds: a picture is swapped for its own caption. CLIP vectors: no document exists in
both modalities, so pools of 25 documents are drawn by thirty seeds with that share of passages; the documents of a seed
differ from share to share. A pool of one modality needs no standardization: every method is raw there.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from findings.by_pair import ByPair
from findings.sets import CLIP, Mixed, clip_mixed, flickr8k, mixed, ndcg, places, scores, table, thinned

SHARES, SEEDS = (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1), range(5)
CLIP_SHARES, DRAWS, POOL = (0, 0.08, 0.2, 0.4, 0.6, 0.8, 0.92, 1), range(30), 25
METHODS = ("raw", "i0t_post", "standardized", "i0t_post+standardized", "gr_clip", "per_query_z")
DRAWN = METHODS[:4]  # the figure holds no more; gr_clip would lie on i0t_post


def curves(sets: Callable[[float], list[Mixed]], shares: tuple[float, ...], pairs: int) -> dict[str, list[ByPair]]:
    """NDCG@10 of each method at each share."""
    found: dict[str, list[ByPair]] = {name: [] for name in METHODS}
    for share in shares:
        drawn = sets(share)
        for name, curve in found.items():
            by = ByPair(pairs)
            for of in drawn:
                one = len(set(of.modality.tolist())) == 1
                by.add(of, ndcg(places(scores("raw" if one else name, of))))
            curve.append(by)
    return found


def print_curves(title: str, shares: tuple[float, ...], found: dict[str, list[ByPair]]) -> None:
    """Print a table: a row for each share, a column for each method."""
    rows = [[f"{share:g}", *(curve[at].shown("all") for curve in found.values())] for at, share in enumerate(shares)]
    table(title, ["share", *found], rows)


def main(figure: Path | None = None) -> None:
    """Print both tables; figure: where to draw Flickr8k's curves, .svg or .png."""
    images, texts = flickr8k()
    found = curves(lambda s: [mixed(images, texts, pictures=1 - s, seed=i) for i in SEEDS], SHARES, len(images))
    print_curves("Flickr8k dev, NDCG@10 by the share of pictures swapped for passages", SHARES, found)
    if figure is not None:
        from findings.swap_figure import write_swap_figure

        means = {name: [by.all() for by in found[name]] for name in DRAWN}
        write_swap_figure(SHARES, means, figure)
    if CLIP.is_dir():
        of = clip_mixed()

        def pools(share: float) -> list[Mixed]:
            passages = round(share * POOL)
            return [thinned(of, pictures=POOL - passages, passages=passages, seed=seed) for seed in DRAWS]

        found = curves(pools, CLIP_SHARES, len(of.pair))
        print_curves("CLIP ViT-B/32 vectors, NDCG@10 by the share of passages, 25 documents", CLIP_SHARES, found)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--figure", type=Path, help="where to write the figure of Flickr8k's curves: .svg or .png")
    main(parser.parse_args().figure)
