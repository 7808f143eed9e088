"""Folders in the layout of BEIR, of texts, pictures or both; also with the file names of Trident and MTEB.

    corpus.jsonl   {"_id", "title"?, "text"?, "image"?: path}          also mix_corpus.jsonl; .parquet
    queries.jsonl  {"_id", "text" or "image"}                          also query-00000-of-00001.parquet
    qrels/SPLIT.tsv, a table with header query-id, corpus-id, score; or TREC's four columns; or qrels.jsonl, .parquet

A document with text and picture becomes its picture, with the text as its caption (see `mixbench`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from modgap.corpus import Query
from modgap.corpus.text import clean_text
from modgap.errors import CorpusError
from modgap.evaluation.datasets import base
from modgap.evaluation.datasets.mixbench import BOTH
from modgap.evaluation.datasets.tables import Pictures, read_rows
from modgap.items import Item

_SOURCE = "github.com/beir-cellar/beir, or any folder with this layout"
_IDS = ("_id", "id", "corpus-id", "query-id", "doc_id")
_TREC_COLUMNS = 4
_BEIR_COLUMNS = 3


def load(root: Path, options: base.LoadOptions) -> base.Dataset:
    """Read the folder, or its subfolder `subset`."""
    split, notes = options.split or "test", base.Notes()
    folder = root / options.subset if options.subset else root
    if not folder.resolve().is_relative_to(root.resolve()):
        raise CorpusError(f'"{options.subset}" is outside {root}.')

    def rows(*names: str) -> Iterator[dict[str, Any]]:
        return read_rows(folder, *names, notes=notes, data_set="A BEIR folder", source=_SOURCE, split=split)

    pictures = Pictures(folder, root, notes=notes)
    table = _label_table(folder, split)
    labels = base.read_labels(rows(f"qrels/{split}", "qrels"), notes) if table is None else _labels(table, notes)
    queries, asked = [], set()
    for row in rows("queries", "query"):
        name = _id(row)
        asked.add(name)
        if name not in labels:
            continue  # a query of another split
        words = clean_text(str(row.get("text") or ""))
        if words:
            queries.append(Query(name, text=words, relevant=labels[name]))
        elif row.get("image") and (item := pictures.item(name, row["image"])) is not None:
            queries.append(Query(name, image=item.path, relevant=labels[name]))
        else:
            notes.count("queries have neither words nor a picture that is there, and were left out", name)
    base.count_unknown(labels, asked, notes)
    chosen = base.draw_queries(queries, options)

    def items() -> Iterator[Item | None]:
        for row in rows("mix_corpus", "corpus"):
            name, words = _id(row), ". ".join(str(row[key]) for key in ("title", "text") if row.get(key))
            if not row.get("image"):
                yield base.text_item(name, words, notes)
                continue
            if words:
                notes.count(BOTH)
            yield from base.with_text(pictures.item(name, row["image"], caption=clean_text(words)), clean_text(words))

    found = list(items())
    settings = {"Split": split}
    return base.assemble(f"{folder.name} {split}", found, chosen, notes, settings=settings, unpacked=pictures.unpacked)


def _id(row: dict[str, Any]) -> str:
    return next((str(row[key]) for key in _IDS if key in row), "")


def _label_table(folder: Path, split: str) -> Path | None:
    names = (f"qrels/{split}.tsv", f"qrels/{split}.txt", "qrels.tsv", "qrels.txt")
    return next((folder / name for name in names if (folder / name).is_file()), None)


def _labels(path: Path, notes: base.Notes) -> dict[str, dict[str, int]]:
    labels: dict[str, dict[str, int]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        fields = line.split("\t") if "\t" in line else line.split()
        if not line.strip() or (number == 1 and not fields[-1].strip().lstrip("-").isdecimal()):
            continue  # the header
        kept = [fields[0], *fields[2:]] if len(fields) == _TREC_COLUMNS else fields
        if len(kept) != _BEIR_COLUMNS or not kept[2].strip().lstrip("-").isdecimal():
            notes.count(f"lines of {path.name} are not labels and were left out", f"line {number}")
            continue
        labels.setdefault(kept[0], {})[kept[1]] = int(kept[2])
    return labels


BEIR = base.Loader(
    "beir",
    "A folder in the layout of BEIR",
    "corpus.jsonl, queries.jsonl, qrels/test.tsv (or TREC qrels), pictures that `image` names; --subset FOLDER",
    _SOURCE,
    "SciFact 300/5,183 and NFCorpus 323/3,633 queries/documents",
    load,
)
