"""MixBench: queries over documents that are text, picture, or both, in equal parts.

An item is of one modality here, so a document of both is its picture, with the text as its caption: the text is shown
and serves the caption route, and is not searched otherwise. The notes say how many there are; figures on such a set are
not comparable with those of systems that fuse the two. A query of both words and picture asks by its words.

MixBench25 has queries.jsonl, mixed_corpus.jsonl and qrels/qrels.tsv in a folder for each subset, MixBench2026 has
queries.parquet and mixed_corpus.parquet with the pictures inside, and no labels: those are MixBench25's.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from modgap.corpus import Query
from modgap.corpus.text import clean_text
from modgap.errors import CorpusError
from modgap.evaluation.datasets.base import (
    Dataset,
    Loader,
    Notes,
    Wanted,
    assemble,
    count_unknown,
    drawn,
    labels_of,
    text_item,
)
from modgap.evaluation.datasets.tables import Pictures, rows_of
from modgap.items import Item

_SOURCE = "huggingface.co/datasets/mixed-modality-search/MixBench25 (its qrels serve MixBench2026, which has none)"
SUBSETS = {"MSCOCO": (984, 984), "Google_WIT": (1000, 4423), "VisualNews": (981, 981), "OVEN": (1000, 1000)}
BOTH = "documents are text and picture in one; each is its picture, and its text the caption"


def load(root: Path, wanted: Wanted) -> Dataset:
    """A subset in its folder: queries, mixed_corpus and qrels, and the pictures that they name or hold."""
    subset, notes = wanted.subset or "MSCOCO", Notes()
    if subset not in SUBSETS:
        raise CorpusError(f'MixBench has no subset "{subset}": it has {", ".join(SUBSETS)}.')
    folder = root / subset if (root / subset).is_dir() else root

    def rows(*names: str) -> Iterator[dict[str, Any]]:
        return rows_of(folder, *names, notes=notes, data_set=f"MixBench {subset}", source=_SOURCE)

    pictures = Pictures(folder, folder / "images", root, notes=notes)
    labels = labels_of(rows("qrel", "qrels", "qrels/qrels"), notes)
    queries, asked = [], set()
    for row in rows("query", "queries"):
        name, words = str(row.get("query_id", row.get("id"))), clean_text(str(row.get("text") or ""))
        asked.add(name)
        if words:
            queries.append(Query(name, text=words, relevant=labels.get(name, {})))
        else:
            notes.count("queries have no words and were left out", name)
    count_unknown(labels, asked, notes)
    chosen = drawn(queries, wanted)

    def items() -> Iterator[Item | None]:
        for row in rows("mixed_corpus"):
            name, words = str(row.get("corpus_id", row.get("id"))), str(row.get("text") or "")
            if not row.get("image"):
                yield text_item(name, words, notes)
                continue
            if words:
                notes.count(BOTH)
            yield pictures.item(name, row["image"], caption=clean_text(words))

    notes.expect(f"queries of {subset}", len(queries), SUBSETS[subset][0])
    settings = {"Subset": subset, "Documents of both": "their picture; the text is its caption"}
    found = list(items())
    notes.expect(f"documents of {subset}", len(found), SUBSETS[subset][1])
    return assemble(f"MixBench {subset}", found, chosen, notes, settings=settings, unpacked=pictures.unpacked)


MIXBENCH = Loader(
    "mixbench",
    "MixBench",
    "SUBSET/queries, SUBSET/mixed_corpus as .jsonl or .parquet, SUBSET/qrels/qrels.tsv, and the pictures; "
    "--subset MSCOCO",
    _SOURCE,
    "queries/documents: " + ", ".join(f"{name} {q:,}/{d:,}" for name, (q, d) in SUBSETS.items()),
    load,
)
