"""Benchmarks from their official files, as downloaded: one module per loader, found by name."""

from __future__ import annotations

from pathlib import Path

from modgap.errors import ModgapError
from modgap.evaluation.datasets.base import Dataset, Loader, LoadOptions
from modgap.evaluation.datasets.beir import BEIR
from modgap.evaluation.datasets.captions import COCO, FLICKR8K
from modgap.evaluation.datasets.mbeir import MBEIR
from modgap.evaluation.datasets.mixbench import MIXBENCH
from modgap.evaluation.datasets.mmqa import MMQA
from modgap.evaluation.datasets.webqa import WEBQA

DATASETS: dict[str, Loader] = {each.name: each for each in (FLICKR8K, COCO, MMQA, WEBQA, MIXBENCH, MBEIR, BEIR)}
"""All loaders by name, in the order of `modgap datasets`."""


def load_dataset(
    name: str,
    root: str | Path,
    *,
    subset: str | None = None,
    split: str | None = None,
    seed: int = 0,
    limit: int | None = None,
    swap: float = 0.5,
) -> Dataset:
    """Read a benchmark from the folder of its files.

    subset, split: a part of it, as its loader names them; its usual ones if None. limit: maximum number of queries,
    drawn by seed, with the documents that they need. swap: of caption sets, the share of pictures that are replaced by
    a text.
    Raises ModgapError for an unknown name, CorpusError for a missing file, with its name and source.
    """
    if name not in DATASETS:
        raise ModgapError(f'There is no data set "{name}". Known: {", ".join(DATASETS)}.')
    loader = DATASETS[name]
    return loader.load(Path(root).expanduser(), LoadOptions(subset, split, seed, limit, swap))


__all__ = ["DATASETS", "Dataset", "LoadOptions", "Loader", "load_dataset"]
