"""I0T_post and I0T_async against the raw vectors: the gap, retrieval across it, and mixed search, on held-out pairs.

Five splits by seed: one half of the pairs is used for training (or for the means), the other is measured. Flickr8k dev
with the bundled model (pictures and caption 0), and 500 COCO pairs as CLIP vectors.

    gap columns    centroid distance; accuracy of a linear classifier of the modalities; RMG; of the measured half
    i2t, t2i       Recall@1/5/10 from pictures to their texts and back, among the measured half
    mixed          Recall@20 in one pool: half of the measured pictures, by seed, and a text for each of the others.
                   Flickr8k: caption 1 replaces a picture, caption 0 is the query, all queries count. COCO has one
                   caption per picture: only pictures are relevant, and the texts of the others compete with them.
    mixed + z      the same, standardized; statistics from the queries without labels

Values are means over the splits, with half the width of a 95 % t interval. The splits share pairs, so the intervals are
somewhat too narrow for a claim about new data.

    python -m benchmarks.quality.i0t_async [--data ../shared/flickr8k] [--vectors ../shared/clip_embeddings]
        [--splits 5]
    python -m benchmarks.quality.i0t_async --rates          # how the learning rate was chosen, on Flickr8k train
    python -m benchmarks.quality.i0t_async --speed          # 6,000 pairs of Flickr8k train, in seconds
"""

from __future__ import annotations

import argparse
import os
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table
from scipy.stats import t

import modgap
from benchmarks.provenance import provenance
from benchmarks.quality.flickr8k_mixed import read_captions
from modgap.encoders import Encoder
from modgap.encoders.encode_items import encode_items
from modgap.io.vector_cache import VectorCache
from modgap.items import Item, Modality
from modgap.methods import I0TAsync, I0TPost, Method, Raw, SimilarityStandardizer
from modgap.methods.i0t import pseudo_positive_pairs
from modgap.methods.i0t.training import Settings, train
from modgap.metrics.gap import centroid_distance, linear_separability, relative_modality_gap
from modgap.vectors import Vectors

GAP = ("centroid distance", "separability", "RMG")
ACROSS = tuple(f"{way} R@{k}" for way in ("i2t", "t2i") for k in (1, 5, 10))
MIXED = ("mixed R@20", "mixed + z R@20")
RATES = (1e-6, 1e-4, 1e-3, 3e-3, 1e-2, 3e-2)


@dataclass(frozen=True)
class Paired:
    """images, texts: (n, d), row-paired. others: (n, d) another caption of each picture, or None."""

    name: str
    images: Vectors
    texts: Vectors
    others: Vectors | None = None

    def rows(self, rows: np.ndarray) -> Paired:
        """A part of the pairs."""
        others = None if self.others is None else self.others[rows]
        return Paired(self.name, self.images[rows], self.texts[rows], others)


def flickr8k(data: Path, split: str, encoder: Encoder) -> Paired:
    """Pictures of a split with captions 0 and 1, encoded; a cache on the encoder makes a second run fast."""
    captions = read_captions(data / f"captions_{split}.tsv")
    names = sorted(captions)
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(data / f"{split}.tar") as archive:
            archive.extractall(folder, filter="data")
        encoded = encode_items([Item(n, Modality.IMAGE, path=Path(folder) / n) for n in names], encoder)
    texts = [encoder.encode_texts([captions[item.id][place] for item in encoded.items]) for place in (0, 1)]
    return Paired(f"Flickr8k {split}, {encoder.name}", encoded.vectors, texts[0], texts[1])


def normalised(joint: bool = False, pseudo: bool = False) -> Callable[[Paired], Method]:
    """I0T_async trained on one half."""

    def learn(half: Paired) -> Method:
        images, texts = half.images, half.texts
        if pseudo:
            modality = np.repeat(["image", "text"], len(images))
            images, texts = pseudo_positive_pairs(np.concatenate([images, texts]), modality)
        return I0TAsync(train(images, texts, Settings(joint=joint)).normalisers)

    return learn


def centred(half: Paired) -> Method:
    """I0T_post with the means of one half."""
    modality = np.repeat(["image", "text"], len(half.images))
    return I0TPost.of_items(np.concatenate([half.images, half.texts]), modality)


METHODS: dict[str, Callable[[Paired], Method]] = {
    "raw": lambda half: Raw(),
    "i0t_post": centred,
    "i0t_async, in turns": normalised(),
    "i0t_async, jointly": normalised(joint=True),
    "i0t_async, pseudo-pairs": normalised(pseudo=True),
}


def halves(n: int, splits: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """(rows to train on, rows to measure), one split for each seed."""
    for seed in range(splits):
        order = np.random.default_rng(seed).permutation(n)
        yield order[: n // 2], order[n // 2 :]


def measure(method: Method, half: Paired) -> dict[str, float]:
    """All columns of one row, for one split."""
    n = len(half.images)
    x = method.move_items(half.images, np.full(n, "image"))
    y = method.move_items(half.texts, np.full(n, "text"))
    gap = (centroid_distance(x, y), linear_separability(x, y), relative_modality_gap(x, y))
    places = [1 + (s > np.diag(s)[:, None]).sum(axis=1) for s in (x @ y.T, y @ x.T)]
    across = [float((place <= k).mean()) for place in places for k in (1, 5, 10)]
    names = (*GAP, *ACROSS, *MIXED)
    return dict(zip(names, (*gap, *across, *mixed(method, half)), strict=True))


def mixed(method: Method, half: Paired) -> tuple[float, float]:
    """Recall@20 in one pool of pictures and texts, as the method scores it and standardized after it."""
    n = len(half.images)
    kept = np.arange(n) < n // 2  # the rows are in random order
    shown = half.texts if half.others is None else half.others
    modality = np.where(kept, "image", "text")
    items = np.where(kept[:, None], half.images, shown)
    asked = np.flatnonzero(kept) if half.others is None else np.arange(n)
    queries, moved = method.move_queries(half.texts[asked]), method.move_items(items, modality)
    scores = queries @ moved.T
    standardized = SimilarityStandardizer().fit(queries, moved, modality).transform(scores, modality)
    return recall(scores, asked), recall(standardized, asked)


def recall(scores: np.ndarray, relevant: np.ndarray, k: int = 20) -> float:
    """Share of queries with their one relevant item among the first k."""
    right = np.take_along_axis(scores, relevant[:, None], axis=1)
    return float((1 + (scores > right).sum(axis=1) <= k).mean())


def table(console: Console, paired: Paired, splits: int) -> dict[str, list[dict[str, float]]]:
    """Print the table of one set; return the values by row, one dict of columns for each split."""
    values: dict[str, list[dict[str, float]]] = {name: [] for name in METHODS}
    for training, measured in halves(len(paired.images), splits):
        for name, learn in METHODS.items():
            values[name].append(measure(learn(paired.rows(training)), paired.rows(measured)))
    title = f"{paired.name}: {len(paired.images)} pairs, {splits} splits in halves"
    shown = Table(box=box.SIMPLE_HEAD, title=title)
    shown.add_column("", no_wrap=True)
    columns = list(values["raw"][0])
    for column in columns:
        shown.add_column(column.replace(" R@", "\nR@").replace("d d", "d\nd"), justify="right")
    for name, rows in values.items():
        cells = [np.asarray([row[column] for row in rows]) for column in columns]
        shown.add_row(name, *(f"{cell.mean():.3f}\n±{half_width(cell):.3f}" for cell in cells))
    console.print(shown)
    return values


def judge(console: Console, values: dict[str, list[dict[str, float]]]) -> None:
    """Print where the order of the paper holds: the gap lowest after post, then async; retrieval in reverse order.

    Each step is a paired difference over the splits; it is certain where its 95 % t interval excludes 0.
    """
    post, turns, joint = "i0t_post", "i0t_async, in turns", "i0t_async, jointly"
    for column in GAP:
        for lower, higher in ((post, turns), (turns, "raw")):
            _say(console, f"{column}: {lower} below {higher}", values[higher], values[lower], column)
    for column in ("i2t R@1", "t2i R@1"):
        for lower, higher in (("raw", turns), (turns, post)):
            _say(console, f"{column}: {lower} below {higher}", values[higher], values[lower], column)
    _say(console, f"{GAP[0]}: {turns} below {joint}", values[joint], values[turns], GAP[0])
    for column in ("t2i R@1", MIXED[1]):
        _say(console, f"{column}: {joint} below {turns}", values[turns], values[joint], column)


def _say(console: Console, claim: str, more: list[dict], less: list[dict], column: str) -> None:
    differences = np.asarray([a[column] - b[column] for a, b in zip(more, less, strict=True)])
    mean, width = differences.mean(), half_width(differences)
    verdict = "holds" if mean > 0 else "does NOT hold"
    certain = "" if abs(mean) > width else ", and the interval includes 0"
    console.print(f"  {claim}: {verdict} ({mean:+.3f} ±{width:.3f}{certain})")


def half_width(values: np.ndarray) -> float:
    """Half of a 95 % t interval of the mean of a few values."""
    return float(t.ppf(0.975, values.size - 1) * np.std(values, ddof=1) / np.sqrt(values.size))


def rates(console: Console, paired: Paired) -> None:
    """Print loss, gap, retrieval and mixed search by learning rate: half of the pairs for training, half measured."""
    [(training, measured)] = halves(len(paired.images), 1)
    half, other = paired.rows(training), paired.rows(measured)
    shown = Table(box=box.SIMPLE_HEAD, title=f"{paired.name}: trained on {len(training)} pairs, measured on the others")
    columns = (GAP[0], "i2t R@1", "t2i R@1", *MIXED)
    for heading in ("rate", "held-out loss", "round", *columns):
        shown.add_column(heading, justify="right")
    for rate in RATES:
        trained = train(half.images, half.texts, Settings(rate=rate))
        values = measure(I0TAsync(trained.normalisers), other)
        loss = f"{trained.rounds[trained.best].loss:.4f}"
        shown.add_row(f"{rate:g}", loss, str(trained.best + 1), *(f"{values[column]:.3f}" for column in columns))
    console.print(shown)


def speed(console: Console, paired: Paired) -> None:
    """Seconds to train on 6,000 pairs."""
    started = time.perf_counter()
    trained = train(paired.images[:6000], paired.texts[:6000])
    seconds = time.perf_counter() - started
    shape = f"{trained.pairs} pairs of {paired.images.shape[1]} dimensions, {len(trained.rounds)} rounds"
    console.print(f"{shape}: {seconds:.1f} s on {os.cpu_count()} cores")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("FLICKR8K", "../shared/flickr8k")))
    parser.add_argument("--vectors", type=Path, default=Path("../shared/clip_embeddings"))
    parser.add_argument("--model", default=None)
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--rates", action="store_true")
    parser.add_argument("--speed", action="store_true")
    arguments = parser.parse_args()
    console = Console(width=150, highlight=False, soft_wrap=True)
    sets = []
    if (arguments.data / "dev.tar").is_file():
        split = "train" if arguments.rates or arguments.speed else "dev"
        with VectorCache() as cache:
            encoder = modgap.load_encoder(arguments.model).with_cache(cache)
            sets.append(flickr8k(arguments.data, split, encoder))
    else:
        print(f"Skipped: {arguments.data}/dev.tar not found; give --data or FLICKR8K.", file=sys.stderr)
    if arguments.rates or arguments.speed:
        for paired in sets:
            (rates if arguments.rates else speed)(console, paired)
    else:
        if (arguments.vectors / "coco500_pairs.npz").is_file():
            pairs = np.load(arguments.vectors / "coco500_pairs.npz")
            images, texts = (
                pairs[side] / np.linalg.norm(pairs[side], axis=1, keepdims=True) for side in ("image", "text")
            )
            sets.append(Paired("COCO, CLIP ViT-B/32", images.astype(np.float32), texts.astype(np.float32)))
        else:
            print(f"Skipped: {arguments.vectors} has no coco500_pairs.npz; give --vectors.", file=sys.stderr)
        for paired in sets:
            judge(console, table(console, paired, arguments.splits))
    print(provenance())
    return 0


if __name__ == "__main__":
    sys.exit(main())
