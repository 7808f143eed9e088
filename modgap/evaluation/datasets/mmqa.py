"""MultimodalQA: questions answered by passages, pictures or a table; a subset is one type of question, or all.

The pool is the context that the questions of the split name: passages, pictures and, where questions want them, tables,
the relevant ones among them. A picture and its title are one item. Tables are a group of their own, read as title,
header and rows. A question's supporting_context may name a document several times; it counts once. The questions of
test come without answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from modgap.corpus import Query
from modgap.corpus.text import clean_text
from modgap.errors import CorpusError
from modgap.evaluation.datasets import base
from modgap.items import Item, Modality

TABLE = "table"  # the group of tables
MAX_TABLE_CHARACTERS = 20_000  # an encoder reads the first few dozen words
_SOURCE = "github.com/allenai/multimodalqa (MMQA_*.jsonl.gz, and final_dataset_images.zip unpacked)"
_TYPES = ("TextQ", "ImageQ")  # answered by documents of one modality: what is read by default
_SUBSETS = (*_TYPES, "ImageListQ", "TableQ", "all")
_DOCUMENTED = {"TextQ": 721, "ImageQ": 230, "ImageListQ": 141, "TableQ": 369}  # of dev


def load(root: Path, options: base.LoadOptions) -> base.Dataset:
    """Read MMQA_{split}, MMQA_texts, MMQA_images and MMQA_tables, gzipped or not, and a folder of pictures."""
    split, notes = options.split or "dev", base.Notes()
    if options.subset not in (None, *_SUBSETS):
        raise CorpusError(f'MultimodalQA has no questions "{options.subset}": give one of {", ".join(_SUBSETS)}.')
    types = _TYPES if options.subset is None else (options.subset,)
    with_tables = options.subset in ("TableQ", "all")
    paths = _require_files(root, (split, "texts", "images", *(["tables"] if with_tables else [])))
    pool: set[str] = set()
    queries, counts = [], dict.fromkeys(types, 0)
    for row in base.json_rows(paths[split], notes):
        about = row.get("metadata")
        if not isinstance(about, dict):
            notes.count("questions have no metadata and were left out", row.get("qid"))
            continue
        kind = about.get("type")
        if kind is None:
            notes.count("questions have no type and no answers, as those of test, and were left out", row.get("qid"))
            continue
        if types != ("all",) and kind not in types:
            notes.count("questions are of another type and were left out", f"{row.get('qid')}, {kind}")
            continue
        counts["all" if types == ("all",) else kind] += 1
        context = [each for each in _listed(row.get("supporting_context")) if isinstance(each, dict)]
        support = {str(each.get("doc_id")): 1 for each in context}
        queries.append(Query(str(row.get("qid")), text=str(row.get("question") or ""), relevant=support))
        pool.update(str(name) for key in ("text_doc_ids", "image_doc_ids") for name in _listed(about.get(key)))
        if with_tables and about.get("table_id") is not None:
            pool.add(str(about["table_id"]))
    if split == "dev":
        for kind in types:
            notes.expect(f"{kind} questions", counts[kind], _DOCUMENTED.get(kind, counts[kind]))
    chosen = base.draw_queries(queries, options)
    pool.update(name for query in chosen for name in query.relevant)
    pictures = next((root / n for n in ("final_dataset_images", "images") if (root / n).is_dir()), root)

    def items() -> Iterator[Item | None]:
        for row in base.json_rows(paths["texts"], notes):
            if str(row.get("id")) in pool:
                yield base.text_item(str(row["id"]), f"{row.get('title', '')}. {row.get('text', '')}", notes)
        for row in base.json_rows(paths["images"], notes):
            if str(row.get("id")) in pool:
                name, title = str(row["id"]), clean_text(str(row.get("title") or ""))
                picture = base.picture_item(name, pictures, str(row.get("path", "")), notes, caption=title)
                yield from base.with_text(picture, title)
        for row in base.json_rows(paths["tables"], notes) if with_tables else ():
            if str(row.get("id")) in pool:
                yield _table_item(row, notes)

    settings = {"Split": split, "Questions": " and ".join(types), "Pool": "the context of the split's questions"}
    return base.assemble(f"MultimodalQA {split}", items(), chosen, notes, settings=settings)


def table_text(row: dict[str, Any]) -> str:
    """A row of MMQA_tables as text: title and name, then a line for the header and for each row.

    >>> cells = [[{"text": "Mask"}, {"text": "1985"}]]
    >>> header = [{"column_name": "Title"}, {"column_name": "Year"}]
    >>> table_text({"title": "Ben Piazza", "table": {"table_name": "Films", "header": header, "table_rows": cells}})
    'Ben Piazza, Films\\nTitle | Year\\nMask | 1985'
    """
    table = row.get("table")
    table = table if isinstance(table, dict) else {}
    names = [str(each.get("column_name") or "") for each in _listed(table.get("header")) if isinstance(each, dict)]
    lines = [
        " | ".join(str(cell.get("text") or "") for cell in _listed(cells) if isinstance(cell, dict))
        for cells in _listed(table.get("table_rows"))
    ]
    head = ", ".join(str(each) for each in (row.get("title"), table.get("table_name")) if each)
    return "\n".join(line for line in (head, " | ".join(names), *lines) if line.strip(" |"))[:MAX_TABLE_CHARACTERS]


def _table_item(row: dict[str, Any], notes: base.Notes) -> Item | None:
    text = base.text_item(str(row["id"]), table_text(row), notes)
    return None if text is None else Item(text.id, Modality.TEXT, text=text.text, group=TABLE)


def _require_files(root: Path, names: tuple[str, ...]) -> dict[str, Path]:
    """The file of each name. Raises CorpusError that names all missing ones, and where they come from."""
    found: dict[str, Path] = {}
    for name in names:
        places = [root / folder / f"MMQA_{name}.jsonl{end}" for folder in ("", "dataset") for end in ("", ".gz")]
        if path := next(filter(Path.exists, places), None):
            found[name] = path
    if missing := [f"MMQA_{name}.jsonl(.gz)" for name in names if name not in found]:
        raise CorpusError(f"{root} has no {', no '.join(missing)}: MultimodalQA comes from {_SOURCE}.")
    return found


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


MMQA = base.Loader(
    "mmqa",
    "MultimodalQA",
    "MMQA_dev.jsonl(.gz), MMQA_texts.jsonl(.gz), MMQA_images.jsonl(.gz), final_dataset_images/; --subset TextQ; "
    "MMQA_tables.jsonl(.gz) for --subset TableQ or all",
    _SOURCE,
    "dev: 721 TextQ, 230 ImageQ with 9,282 texts and 6,756 pictures; 141 ImageListQ; 369 TableQ; all 2,441",
    load,
)
