"""CLIPScore and I0T-Score against constructed ratings with a known truth, made from Flickr8k dev.

Each picture gets 15 rated captions: its own five (rating 4), one of each of its five nearest other pictures (2), one of
each of five random other pictures (1). "Nearest" is measured by the words of their captions (cosine of TF-IDF vectors
of all five, scikit-learn), not by the model under test, which would find its own neighbours hard by construction. These
are not human judgements: they only show whether a score separates a right caption from a near and from a far one.

The ratings are written as flickr8k.json to a temporary folder and read by the reader of `modgap correlate`.

A second table uses 500 COCO pairs as CLIP vectors (`coco500_pairs.npz`), each picture with its own caption (4) and five
random ones (1); without the texts there is no measure of nearness. Held-out means are those of the other half.

    python -m benchmarks.quality.caption_ratings [--data ../shared/flickr8k] [--vectors ../shared/clip_embeddings]
        [--model NAME/TAG] [--seed 0] [--keep FOLDER]

`--data` holds dev.tar, train.tar, captions_dev.tsv and captions_train.tsv. Held-out means are those of 1,000 train
pictures, drawn by seed, and their five captions each. Flickr8k is for research; none of it is in this repository.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tarfile
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table

import modgap
from benchmarks.provenance import provenance
from benchmarks.quality.flickr8k_mixed import read_captions
from modgap.encoders import Encoder
from modgap.encoders.encode_items import encode_items
from modgap.evaluation.captions import Background
from modgap.evaluation.captions.agreement import COEFFICIENTS, agreement
from modgap.evaluation.captions.background import prefixed
from modgap.evaluation.captions.rated import score_ratings
from modgap.evaluation.captions.ratings import read_ratings
from modgap.io.assets import asset_path
from modgap.items import Item, Modality
from modgap.methods.centroids import mean_vector
from modgap.metrics.caption import clip_score, i0t_score
from modgap.vectors import Vectors, unit_vectors

OWN, NEAR, RANDOM = 4, 2, 1  # ratings
OTHERS = 5  # near, and random, captions of each picture
HELD_OUT = 1000  # train pictures
CLIP = "CLIPScore"


def rated_document(captions: dict[str, list[str]], seed: int) -> dict[str, dict]:
    """The file of ratings: {picture: {"image_path", "ground_truth", "human_judgement"}}."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    names, rng = sorted(captions), np.random.default_rng(seed)
    words = TfidfVectorizer(stop_words="english").fit_transform([" ".join(captions[name]) for name in names])
    alike = (words @ words.T).toarray()
    np.fill_diagonal(alike, -1)
    document = {}
    for row, name in enumerate(names):
        near = np.argsort(-alike[row], kind="stable")[:OTHERS]
        far = rng.choice(np.setdiff1d(np.arange(len(names)), [row, *near]), size=OTHERS, replace=False)
        judged = [{"caption": each, "rating": OWN} for each in captions[name]]
        for others, rating in ((near, NEAR), (far, RANDOM)):
            for other in others:
                theirs = captions[names[other]]
                judged.append({"caption": theirs[rng.integers(len(theirs))], "rating": rating})
        document[name] = {"image_path": name, "ground_truth": [], "human_judgement": judged}
    return document


def held_out(data: Path, encoder: Encoder, seed: int, *, prefix: bool = False) -> Background:
    """Means of train pictures and their captions."""
    captions = read_captions(data / "captions_train.tsv")
    names = sorted(captions)
    chosen = {names[row] for row in np.random.default_rng(seed).choice(len(names), size=HELD_OUT, replace=False)}
    with tempfile.TemporaryDirectory() as folder, tarfile.open(data / "train.tar") as archive:
        members = [each for each in archive.getmembers() if Path(each.name).name in chosen]
        archive.extractall(folder, members=members, filter="data")
        items = [Item(each.name, Modality.IMAGE, path=Path(folder, each.name)) for each in members]
        images = encode_items(items, encoder).vectors
    texts = [prefixed(each, prefix) for name in sorted(chosen) for each in captions[name]]
    return Background(mean_vector(images), mean_vector(encoder.encode_texts(texts)), "train", prefix)


def coco_columns(images: Vectors, texts: Vectors, seed: int) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Scores, ratings and pictures of vector pairs: each picture with its own caption and `OTHERS` random ones."""
    n, rng = images.shape[0], np.random.default_rng(seed)
    far = [rng.choice(np.delete(np.arange(n), row), size=OTHERS, replace=False) for row in range(n)]
    text = np.concatenate([np.arange(n), *far])
    picture = np.concatenate([np.arange(n), np.repeat(np.arange(n), OTHERS)])
    rated = np.where(np.arange(text.size) < n, OWN, RANDOM)
    pairs = images[picture], texts[text]
    own = i0t_score(*pairs, image_mean=images.mean(axis=0), text_mean=texts.mean(axis=0))
    held, second = np.empty(text.size), rng.permutation(n) < n // 2
    for half in (True, False):  # scores of a picture use the means of the other half
        rows, other = second[picture] == half, second != half
        means = {"image_mean": images[other].mean(axis=0), "text_mean": texts[other].mean(axis=0)}
        held[rows] = i0t_score(pairs[0][rows], pairs[1][rows], **means)
    columns = {CLIP: clip_score(*pairs)}
    for name, scores in (("test-set means", own), ("means of the other half", held)):
        columns |= {f"I0T-Score, {name}": scores, f"I0T-Score, {name}, clipped": np.maximum(scores, 0)}
    return columns, rated, picture


def report(
    title: str, columns: dict[str, np.ndarray], ratings: np.ndarray, pictures: Sequence[str] | np.ndarray, seed: int
) -> None:
    """Print the coefficients of each score, and their differences from CLIPScore's."""
    started = time.perf_counter()
    compared = tuple((name, CLIP) for name in columns if name != CLIP)
    found = agreement(columns, ratings, pictures, compared=compared, seed=seed)
    seconds = time.perf_counter() - started
    console = Console(width=170)
    table = Table(title=title, title_justify="left", box=box.SIMPLE)
    for heading in ("score", "tau-b", "95 %", "tau-c", "95 %", "Pearson", "95 %"):
        table.add_column(heading, no_wrap=True)
    for name, by_name in found.estimates.items():
        cells = []
        for c in COEFFICIENTS:
            cells += [f"{by_name[c].value:.4f}", f"{by_name[c].ci95.low:.4f} to {by_name[c].ci95.high:.4f}"]
        table.add_row(name, *cells)
    console.print(table)
    table = Table(title="minus CLIPScore, 95 % interval, paired bootstrap", title_justify="left", box=box.SIMPLE)
    for heading in ("score", "tau-b", "tau-c", "Pearson"):
        table.add_column(heading, no_wrap=True)
    for (name, _), by_coefficient in found.differences.items():
        cells = []
        for each in by_coefficient.values():
            cells.append(f"{each.value:+.4f} ({each.ci95.low:+.4f} to {each.ci95.high:+.4f}) p {each.p:.3f}")
        table.add_row(name, *cells)
    console.print(table)
    print(
        f"{found.n:,} ratings of {found.pictures:,} pictures, {found.resamples} resamples of pictures, seed {seed}, "
        f"{seconds:.0f} s for {len(columns)} scores"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("FLICKR8K", "../shared/flickr8k")))
    parser.add_argument("--vectors", type=Path, default=Path("../shared/clip_embeddings"))
    parser.add_argument("--model", default=None)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=None, help="folder in which to keep the ratings and pictures")
    arguments = parser.parse_args()
    if not (arguments.data / "dev.tar").is_file():
        print(f"Skipped: {arguments.data}/dev.tar not found; give --data or FLICKR8K.", file=sys.stderr)
        return 0
    encoder, seed = modgap.load_encoder(arguments.model), arguments.seed
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        with tarfile.open(arguments.data / "dev.tar") as archive:
            archive.extractall(folder, filter="data")
        document = rated_document(read_captions(arguments.data / "captions_dev.tsv"), seed)
        (folder / "ratings.json").write_text(json.dumps(document), encoding="utf-8")
        ratings = read_ratings(folder / "ratings.json")
        with modgap.VectorCache(folder / "cache") as cache:  # all scores below use the same vectors
            encoder = encoder.with_cache(cache)
            own = score_ratings(ratings, encoder)
            own_prefixed = score_ratings(ratings, encoder, prefix=True)
            train = held_out(arguments.data, encoder, seed)
            held = score_ratings(ratings, encoder, background=train)
            corpus = modgap.read_corpus(asset_path("sample", "corpus"))
            sample = Background.of_collection(modgap.Collection.encode(corpus, encoder), "sample")
            elsewhere = score_ratings(ratings, encoder, background=sample)
    columns = {
        CLIP: own.scores["clipscore"],
        "I0T-Score, test-set means": own.scores["i0t_score"],
        "I0T-Score, test-set means, clipped": np.maximum(own.scores["i0t_score"], 0),
        "I0T-Score, held-out means": held.scores["i0t_score"],
        "I0T-Score, held-out means, clipped": np.maximum(held.scores["i0t_score"], 0),
        "I0T-Score, means of the sample corpus": elsewhere.scores["i0t_score"],
        "CLIPScore, with the prefix": own_prefixed.scores["clipscore"],
        "I0T-Score, test-set means, with the prefix": own_prefixed.scores["i0t_score"],
    }
    report(f"Flickr8k dev, {encoder.name}", columns, own.ratings, own.pictures, seed)
    wrong = own.scores["i0t_score"][own.ratings < OWN]
    print(f"Clipping makes {(wrong <= 0).mean():.1%} of the I0T-Scores of wrong captions equal.")
    pairs = arguments.vectors / "coco500_pairs.npz"
    if pairs.is_file():
        with np.load(pairs) as vectors:
            images, texts = (unit_vectors(vectors[name]) for name in ("image", "text"))
        report("500 COCO pairs, CLIP ViT-B/32", *coco_columns(images, texts, seed), seed)
    print(provenance())
    return 0


if __name__ == "__main__":
    sys.exit(main())
