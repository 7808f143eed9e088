"""4. Pseudo-positives against labels: what does the lack of labels cost?"""

from __future__ import annotations

from sets import CLIP, clip_vectors, flickr8k, macro, mixed, ndcg, places, recall, scores, shown, table

from modgap.evaluation import evaluate


def main() -> None:
    images, texts = flickr8k()
    of, rows = mixed(images, texts, pictures=0.5, seed=0), []
    for name in ("standardized", "oracle", "i0t_post+standardized", "i0t_post+oracle"):
        place = places(scores(name, of))
        hits = recall(place)
        parts = (hits, hits[of.pictures], hits[~of.pictures], recall(place, 1), ndcg(place))
        rows.append([name, *map(shown, parts), f"{macro(hits, of):.3f}"])
    headings = ["", "all R@20", "image R@20", "text R@20", "all R@1", "all NDCG@10", "macro R@20"]
    table("Flickr8k dev, 500 : 500", headings, rows)
    if CLIP.is_dir():
        found = evaluate(*clip_vectors(), ["standardized", "oracle"])
        rows = [
            [name, *(f"{by[t][m]:.3f}" for t in ("all", "image", "text") for m in ("recall@1", "ndcg@10"))]
            for name, by in found.methods.items()
        ]
        headings = [f"{t} {m}" for t in ("all", "image", "text") for m in ("R@1", "NDCG@10")]
        table("CLIP ViT-B/32 vectors, 25 : 25", ["", *headings], rows)


if __name__ == "__main__":
    main()
