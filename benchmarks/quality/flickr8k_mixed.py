"""Mixed retrieval on Flickr8k dev: does standardization rank pictures higher, and are automatic queries as good?

Protocol: half of the 1,000 pictures, chosen by seed, stay pictures, the others are replaced by their caption 1;
caption 0 of each picture is a query, and its one relevant item is that picture or caption. The bundled model, or
that of --model, encodes everything.

    python -m benchmarks.quality.flickr8k_mixed [--data ../shared/flickr8k] [--model NAME/TAG] [--seed 0]

`--data` holds dev.tar (pictures) and captions_dev.tsv (image, idx, caption). Flickr8k is for research; none of it
is in this repository.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

import modgap
from benchmarks.provenance import provenance
from modgap.calibration.queries import CalibrationQueries, bank_queries, joined, passage_queries
from modgap.corpus import Queries
from modgap.encoders import Encoder
from modgap.evaluation import evaluate
from modgap.evaluation.datasets import load_dataset
from modgap.items import Modality
from modgap.search.collection import Collection

COLUMNS = (("all", "recall@1"), ("all", "recall@20"), ("all", "ndcg@10"), ("image", "recall@1"), ("image", "recall@20"))
COLUMNS = (*COLUMNS, ("text", "recall@1"), ("text", "recall@20"))


def read_captions(path: Path) -> dict[str, list[str]]:
    """The captions of each picture, in file order."""
    captions: dict[str, list[str]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            captions.setdefault(row["image"], []).append(row["caption"])
    return captions


def encoded_set(data: Path, encoder: Encoder, seed: int) -> tuple[Collection, Queries, list[str]]:
    """(collection, labelled queries, caption 2 of each picture as queries that are not evaluated)."""
    loaded = load_dataset("flickr8k", data, seed=seed)
    captions = read_captions(data / "captions_dev.tsv")
    held_out = [captions[query.id][2] for query in loaded.queries.queries]
    return Collection.encode(loaded.corpus, encoder), loaded.queries, held_out


def automatic_parts(collection: Collection) -> dict[str, dict[Modality, CalibrationQueries]]:
    """The two sources of automatic queries, separately and combined."""
    encoder = collection.encoder
    assert encoder is not None
    sentences, bank = passage_queries(collection.items, collection.vectors, encoder), bank_queries(encoder)
    return {
        "automatic: first sentences": {Modality.TEXT: sentences},
        "automatic: bank": {Modality.TEXT: bank},
        "automatic: both": {Modality.TEXT: joined(sentences, bank)},
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("FLICKR8K", "../shared/flickr8k")))
    parser.add_argument("--model", default=None)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    if not (arguments.data / "dev.tar").is_file():
        print(f"Skipped: {arguments.data}/dev.tar not found; give --data or FLICKR8K.", file=sys.stderr)
        return 0
    collection, queries, held_out = encoded_set(arguments.data, modgap.load_encoder(arguments.model), arguments.seed)
    rows = {"raw": ("raw", "same"), "standardized, the queries themselves": ("standardized", "same")}
    rows["standardized, other real captions"] = ("standardized", held_out)
    for name, part in automatic_parts(collection).items():
        rows[f"standardized, {name}"] = ("standardized", part)
    rows["oracle (labels)"] = ("oracle", "same")
    table = Table(title=f"Flickr8k dev, {collection.counts}, {len(queries)} queries, seed {arguments.seed}")
    for heading in ("method, calibrated on", *(f"{target} {metric}" for target, metric in COLUMNS)):
        table.add_column(heading)
    for name, (method, learn_from) in rows.items():
        targets = evaluate(collection, queries, [method], learn_from=learn_from).methods[method]
        table.add_row(name, *(f"{targets[target][metric]:.3f}" for target, metric in COLUMNS))
    Console(width=150).print(table)
    print(f"{collection.model}; {provenance()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
