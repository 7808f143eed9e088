"""MultimodalQA: questions answered by one or two passages, or by one picture; TextQ and ImageQ of a split.

The pool is the context that the questions of the split name: passages and pictures, the relevant ones among them. A
question's supporting_context may name a document several times; it counts once.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from modgap.corpus import Query
from modgap.errors import CorpusError
from modgap.evaluation.datasets import base
from modgap.items import Item

_SOURCE = "github.com/allenai/multimodalqa (MMQA_*.jsonl.gz, and final_dataset_images.zip unpacked)"
_TYPES = ("TextQ", "ImageQ")
_DOCUMENTED = {"TextQ": 721, "ImageQ": 230}  # of dev


def load(root: Path, options: base.LoadOptions) -> base.Dataset:
    """Read MMQA_{split}, MMQA_texts and MMQA_images, gzipped or not, and a folder of pictures."""
    split, notes = options.split or "dev", base.Notes()
    if options.subset not in (None, *_TYPES):
        raise CorpusError(
            f'MultimodalQA has no questions "{options.subset}" of one document: it has {", ".join(_TYPES)}.'
        )
    types = _TYPES if options.subset is None else (options.subset,)

    def rows(name: str) -> Iterator[dict[str, Any]]:
        names = [f"MMQA_{name}.jsonl", f"MMQA_{name}.jsonl.gz"]
        folders = ("", "dataset/")
        found = [f"{folder}{each}" for folder in folders for each in names]
        return base.json_rows(base.require_file(root, found, data_set="MultimodalQA", source=_SOURCE), notes)

    pool: set[str] = set()
    queries, counts = [], dict.fromkeys(types, 0)
    for row in rows(split):
        about = row.get("metadata")
        if not isinstance(about, dict):
            notes.count("questions have no metadata and were left out", row.get("qid"))
            continue
        if about.get("type") not in types:
            continue
        counts[about["type"]] += 1
        context = [each for each in _listed(row.get("supporting_context")) if isinstance(each, dict)]
        support = {str(each.get("doc_id")): 1 for each in context}
        queries.append(Query(str(row.get("qid")), text=str(row.get("question") or ""), relevant=support))
        pool.update(str(name) for key in ("text_doc_ids", "image_doc_ids") for name in _listed(about.get(key)))
    if split == "dev":
        for kind in types:
            notes.expect(f"{kind} questions", counts[kind], _DOCUMENTED.get(kind, counts[kind]))
    chosen = base.draw_queries(queries, options)
    pool.update(name for query in chosen for name in query.relevant)
    pictures = next((root / n for n in ("final_dataset_images", "images") if (root / n).is_dir()), root)

    def items() -> Iterator[Item | None]:
        for row in rows("texts"):
            if str(row.get("id")) in pool:
                yield base.text_item(str(row["id"]), f"{row.get('title', '')}. {row.get('text', '')}", notes)
        for row in rows("images"):
            if str(row.get("id")) in pool:
                yield base.picture_item(
                    str(row["id"]), pictures, str(row.get("path", "")), notes, caption=row.get("title")
                )

    settings = {"Split": split, "Questions": " and ".join(types), "Pool": "the context of the split's questions"}
    return base.assemble(f"MultimodalQA {split}", items(), chosen, notes, settings=settings)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


MMQA = base.Loader(
    "mmqa",
    "MultimodalQA",
    "MMQA_dev.jsonl(.gz), MMQA_texts.jsonl(.gz), MMQA_images.jsonl(.gz), final_dataset_images/; --subset TextQ",
    _SOURCE,
    "dev: 721 TextQ, 230 ImageQ; contexts of the two 9,282 texts, 6,756 pictures",
    load,
)
