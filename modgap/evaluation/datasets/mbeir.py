"""M-BEIR: one task of a data set, from its folders query, cand_pool and qrels.

A candidate of "image,text" is one item with two vectors (see `mixbench`). A query with words is
searched by its words, a query with only a picture by its picture. qrels have five fields: qid 0 did relevance task.
UniIR's "recall" counts a query as 1 where any relevant candidate is found: this is hit@k here.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from modgap.corpus import Query
from modgap.corpus.text import clean_text
from modgap.errors import CorpusError
from modgap.evaluation.datasets import base
from modgap.evaluation.datasets.mixbench import BOTH
from modgap.items import Item

_SOURCE = "huggingface.co/datasets/TIGER-Lab/M-BEIR"
_QRELS_FIELDS = (4, 5)
_DOCUMENTED = {"webqa_task1": 2455, "webqa_task2": 2511, "edis_task2": 3241}  # queries of test


def load(root: Path, options: base.LoadOptions) -> base.Dataset:
    """Read the task `subset` ("webqa_task1", as in the file names); with `limit`, only candidates that it needs."""
    split, notes = options.split or "test", base.Notes()
    if options.subset is None:
        raise CorpusError("M-BEIR has many tasks: choose one by its name in the files, such as --subset webqa_task1.")
    task = options.subset

    def path(kind: str, ending: str, *names: str) -> Path:
        folders = (f"{split}/", "local/", "")
        found = [f"{kind}/{folder}mbeir_{task}{name}.{ending}" for folder in folders for name in names]
        return base.require_file(root, found, data_set=f"M-BEIR {task}", source=_SOURCE)

    labels = _qrels(path("qrels", "txt", f"_{split}_qrels"))
    queries, asked = [], set()
    for row in base.json_rows(path("query", "jsonl", f"_{split}"), notes):
        name, words = str(row.get("qid")), clean_text(str(row.get("query_txt") or ""))
        asked.add(name)
        right = labels.get(name, {})
        picture = row.get("query_img_path")
        if words:
            queries.append(Query(name, text=words, relevant=right))
        elif picture and (found := base.picture_item(name, root, str(picture), notes)) is not None:
            queries.append(Query(name, image=found.path, relevant=right))
        else:
            notes.count("queries have neither words nor a picture that is there, and were left out", name)
    base.count_unknown(labels, asked, notes)
    if split == "test" and task in _DOCUMENTED:
        notes.expect(f"queries of {task}", len(asked), _DOCUMENTED[task])
    chosen = base.draw_queries(queries, options)
    needed = {name for query in chosen for name in query.relevant} if options.limit is not None else None

    def items() -> Iterator[Item | None]:
        for row in base.json_rows(path("cand_pool", "jsonl", f"_{split}_cand_pool", "_cand_pool"), notes):
            name, words = str(row.get("did")), clean_text(str(row.get("txt") or ""))
            if needed is not None and name not in needed:
                continue
            if row.get("modality") == "text":
                yield base.text_item(name, words, notes)
                continue
            if words:
                notes.count(BOTH)
            picture = base.picture_item(name, root, str(row.get("img_path") or ""), notes, caption=words)
            yield from base.with_text(picture, words)

    pool = "local" if needed is None else "right candidates of the drawn queries"
    settings = {"Task": task, "Split": split, "Pool": pool}
    return base.assemble(f"M-BEIR {task} {split}", items(), chosen, notes, settings=settings)


def _qrels(path: Path) -> dict[str, dict[str, int]]:
    labels: dict[str, dict[str, int]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        fields = line.split()
        if not fields:
            continue
        if len(fields) not in _QRELS_FIELDS or not fields[3].lstrip("-").isdecimal():
            raise CorpusError(f'{path}:{number} is not "qid 0 did relevance task": {line[:80]}')
        labels.setdefault(fields[0], {})[fields[2]] = int(fields[3])
    return labels


MBEIR = base.Loader(
    "mbeir",
    "M-BEIR",
    "query/test/mbeir_TASK_test.jsonl, cand_pool/local/mbeir_TASK_cand_pool.jsonl, "
    "qrels/test/mbeir_TASK_test_qrels.txt, mbeir_images/; --subset TASK, such as webqa_task1",
    _SOURCE,
    "webqa_task1: 2,455 queries, 544,457 texts; webqa_task2: 2,511 queries, 403,196 documents",
    load,
)
