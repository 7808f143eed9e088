"""MixBench: queries over documents that are text, picture, or both, in equal parts.

A document with both is one item with two vectors, found by its picture or by its text, whichever fits better; systems
that encode the two together rank them by one. The notes give their number. A query with words and picture is searched
by its words.

MixBench25 has queries.jsonl, mixed_corpus.jsonl and qrels/qrels.tsv in a folder for each subset, MixBench2026 has
queries.parquet and mixed_corpus.parquet with the pictures inside, and no labels: it uses those of MixBench25.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from modgap.corpus import Query
from modgap.corpus.text import clean_text
from modgap.errors import CorpusError
from modgap.evaluation.datasets import base
from modgap.evaluation.datasets.tables import Pictures, read_rows
from modgap.items import Item

_SOURCE = "huggingface.co/datasets/mixed-modality-search/MixBench25 (its qrels serve MixBench2026, which has none)"
SUBSETS = {"MSCOCO": (984, 984), "Google_WIT": (1000, 4423), "VisualNews": (981, 981), "OVEN": (1000, 1000)}
BOTH = "documents are text and picture in one; each is found by whichever fits better"


def load(root: Path, options: base.LoadOptions) -> base.Dataset:
    """Read a subset from its folder: queries, mixed_corpus and qrels, and the pictures that they name or contain."""
    subset, notes = options.subset or "MSCOCO", base.Notes()
    if subset not in SUBSETS:
        raise CorpusError(f'MixBench has no subset "{subset}": it has {", ".join(SUBSETS)}.')
    folder = root / subset if (root / subset).is_dir() else root

    def rows(*names: str) -> Iterator[dict[str, Any]]:
        return read_rows(folder, *names, notes=notes, data_set=f"MixBench {subset}", source=_SOURCE)

    pictures = Pictures(folder, folder / "images", root, notes=notes)
    labels = base.read_labels(rows("qrel", "qrels", "qrels/qrels"), notes)
    queries, asked = [], set()
    for row in rows("query", "queries"):
        name, words = str(row.get("query_id", row.get("id"))), clean_text(str(row.get("text") or ""))
        asked.add(name)
        if words:
            queries.append(Query(name, text=words, relevant=labels.get(name, {})))
        else:
            notes.count("queries have no words and were left out", name)
    base.count_unknown(labels, asked, notes)
    chosen = base.draw_queries(queries, options)

    def items() -> Iterator[Item | None]:
        for row in rows("mixed_corpus"):
            name, words = str(row.get("corpus_id", row.get("id"))), str(row.get("text") or "")
            if not row.get("image"):
                yield base.text_item(name, words, notes)
                continue
            if words:
                notes.count(BOTH)
            yield from base.with_text(pictures.item(name, row["image"], caption=clean_text(words)), clean_text(words))

    notes.expect(f"queries of {subset}", len(queries), SUBSETS[subset][0])
    settings = {"Subset": subset, "Documents of both": "picture and text, whichever fits better"}
    found = list(items())
    documents = sum(item is None or item.id == (item.parent or item.id) for item in found)
    notes.expect(f"documents of {subset}", documents, SUBSETS[subset][1])
    return base.assemble(f"MixBench {subset}", found, chosen, notes, settings=settings, unpacked=pictures.unpacked)


MIXBENCH = base.Loader(
    "mixbench",
    "MixBench",
    "SUBSET/queries, SUBSET/mixed_corpus as .jsonl or .parquet, SUBSET/qrels/qrels.tsv, and the pictures; "
    "--subset MSCOCO",
    _SOURCE,
    "queries/documents: " + ", ".join(f"{name} {q:,}/{d:,}" for name, (q, d) in SUBSETS.items()),
    load,
)
