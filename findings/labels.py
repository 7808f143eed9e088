"""What does the lack of labels cost? Statistics from pseudo-positives against statistics from labels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from findings.sets import CLIP, Mixed, clip_mixed, flickr8k, mixed, ndcg, places, recall, scores, shown, table

METHODS = ("standardized", "oracle", "i0t_post+standardized", "i0t_post+oracle")


def print_methods(title: str, of: Mixed, measures: dict[str, Callable[[np.ndarray], np.ndarray]]) -> None:
    """Print a table: a row for each method, a column for each measure and target."""
    targets = {"all": np.ones(len(of.pair), bool), "image": of.pictures, "text": ~of.pictures}
    rows = []
    for name in METHODS:
        place = places(scores(name, of))
        rows.append([name, *(shown(each(place)[t]) for each in measures.values() for t in targets.values())])
    table(title, ["", *(f"{target}\n{measure}" for measure in measures for target in targets)], rows)


def main() -> None:
    images, texts = flickr8k()
    measures = {"R@20": recall, "R@1": lambda place: recall(place, 1), "NDCG@10": ndcg}
    print_methods("Flickr8k dev, 500 : 500", mixed(images, texts, pictures=0.5, seed=0), measures)
    if CLIP.is_dir():
        print_methods("CLIP ViT-B/32 vectors, 25 : 25", clip_mixed(), measures)


if __name__ == "__main__":
    main()
