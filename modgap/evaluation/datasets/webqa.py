"""WebQA: questions answered by snippets of text or by pictures, never both; pictures are read by seeking in imgs.tsv.

imgs.tsv has `id <tab> base64` per line, and line i of imgs.lineidx is the offset of the line of the picture whose id is
i modulo 10,000,000. Only pictures of the pool are read, each when it is written into a folder that belongs to the
corpus. The pool: all facts that the questions name, correct and incorrect. Where UniVL-DR's qrels are in the folder,
they are the labels.
"""

from __future__ import annotations

import base64
import binascii
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from modgap.corpus import Query
from modgap.corpus.queries import read_qrels
from modgap.errors import CorpusError
from modgap.evaluation.datasets import base
from modgap.io.process_folder import process_folder
from modgap.items import Item

_SOURCE = "github.com/WebQnA/WebQA (WebQA_train_val.json, imgs.tsv, imgs.lineidx)"
_ID_MODULO = 10_000_000
_MAX_PICTURE_CHARACTERS = 60 * 10**6  # in base64
_DOCUMENTED = {"val": (2455, 2511)}  # questions that want a text, a picture


class PictureTable:
    """imgs.tsv with its index. notes: receives the pictures that cannot be read."""

    def __init__(self, root: Path, notes: base.Notes) -> None:
        self._table = base.require_file(root, ["imgs.tsv"], data_set="WebQA", source=_SOURCE)
        index = base.require_file(root, ["imgs.lineidx"], data_set="WebQA", source=_SOURCE)
        try:
            self._offsets = [int(line) for line in index.read_text(encoding="ascii").split()]
        except (ValueError, OSError) as error:
            raise CorpusError(f"{index} must have one number per line ({error}): download it again.") from error
        self._notes = notes

    def picture(self, name: str) -> bytes | None:
        """The bytes of a picture by its id; None, and counted, where the table does not have all of it."""
        if not name.isdecimal() or int(name) % _ID_MODULO >= len(self._offsets):
            self._notes.count("pictures are beyond the end of imgs.lineidx and were left out", name)
            return None
        with self._table.open("rb") as file:
            file.seek(self._offsets[int(name) % _ID_MODULO])
            line = file.readline(_MAX_PICTURE_CHARACTERS)
        found, tab, encoded = line.rstrip(b"\n").partition(b"\t")
        if not tab or found.decode("ascii", "replace") != name or not line.endswith(b"\n"):
            self._notes.count("pictures are cut off or missing in imgs.tsv (is it downloaded whole?)", name)
            return None
        try:
            return base64.b64decode(encoded, validate=True)
        except binascii.Error:
            self._notes.count("pictures of imgs.tsv are not base64 and were left out", name)
            return None


def load(root: Path, options: base.LoadOptions) -> base.Dataset:
    """Read the questions of a split with their facts; the folder of the pictures lives as long as the corpus."""
    split, notes = options.split or "val", base.Notes()
    path = base.require_file(root, ["WebQA_train_val.json"], data_set="WebQA", source=_SOURCE)
    document = base.json_document(path)
    if not isinstance(document, dict):
        raise CorpusError(f"{path} is not in the layout of WebQA's file: download it again.")
    rows = {name: row for name, row in document.items() if isinstance(row, dict) and row.get("split") == split}
    official = "dev_qrels.txt" if split == "train" else "test_qrels.txt"  # UniVL-DR's dev is drawn from train
    qrels_names = (official, "qrels.txt", "test_qrels.tsv")
    qrels_file = next((root / name for name in qrels_names if (root / name).is_file()), None)
    qrels = _qrels(qrels_file) if qrels_file is not None else None
    if qrels is not None:
        base.count_unknown(qrels, rows, notes)
    queries = []
    for name, row in rows.items():
        right = [*_ids(row, "txt_posFacts", "snippet_id"), *_ids(row, "img_posFacts", "image_id")]
        labels = dict.fromkeys(right, 1) if qrels is None else qrels.get(name, {})
        queries.append(Query(name, text=_unquoted(row.get("Q", "")), relevant=labels))
    texts = sum(bool(row.get("txt_posFacts")) for row in rows.values())
    if split in _DOCUMENTED:
        notes.expect("questions that want a text", texts, _DOCUMENTED[split][0])
        notes.expect("questions that want a picture", len(rows) - texts, _DOCUMENTED[split][1])
    chosen = base.draw_queries(queries, options)
    table, folder = PictureTable(root, notes), tempfile.TemporaryDirectory(prefix="webqa-", dir=process_folder())

    def items() -> Iterator[Item | None]:
        seen: set[str] = set()
        for query in chosen:
            for key in ("txt_posFacts", "txt_negFacts"):
                for fact in _facts(rows[query.id], key):
                    name = str(fact.get("snippet_id"))
                    if name not in seen:
                        seen.add(name)
                        yield base.text_item(name, _unquoted(fact.get("fact", "")), notes)
            for key in ("img_posFacts", "img_negFacts"):
                for fact in _facts(rows[query.id], key):
                    name = str(fact.get("image_id"))
                    if name not in seen:
                        seen.add(name)
                        picture = _picture(name, fact, table, Path(folder.name), notes)
                        yield from base.with_text(picture, picture.caption or "" if picture is not None else "")

    settings = {
        "Split": split,
        "Labels": f"UniVL-DR's {qrels_file.name}" if qrels_file is not None else "the right facts of each question",
        "Pool": "all facts that the questions name",
    }
    return base.assemble(f"WebQA {split}", items(), chosen, notes, settings=settings, unpacked=(folder,))


def _picture(name: str, fact: dict[str, Any], table: PictureTable, folder: Path, notes: base.Notes) -> Item | None:
    content = table.picture(name)
    if content is None:
        return None
    (folder / name).write_bytes(content)  # the id is a number: `picture` checks it
    return base.picture_item(name, folder, name, notes, caption=_unquoted(fact.get("caption") or fact.get("title")))


def _unquoted(words: Any) -> str:
    """Without the quotes around questions, facts and captions, as in UniVL-DR."""
    return str(words or "").strip().strip('"').strip()


def _facts(row: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = row.get(key)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _ids(row: dict[str, Any], key: str, name: str) -> list[str]:
    return [str(fact[name]) for fact in _facts(row, key) if name in fact]


def _qrels(path: Path) -> dict[str, dict[str, int]]:
    """UniVL-DR's three columns `qid docid 1`, or TREC's four."""
    first = next((line for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()), "")
    if len(first.split()) == 4:
        return read_qrels(path)
    qrels: dict[str, dict[str, int]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            query, document, grade = line.split()
            qrels.setdefault(query, {})[document] = int(grade)
        except ValueError:
            raise CorpusError(f'{path}:{number} is not "question document 1": {line[:80]}') from None
    return qrels


WEBQA = base.Loader(
    "webqa",
    "WebQA",
    "WebQA_train_val.json, imgs.tsv, imgs.lineidx; UniVL-DR's test_qrels.txt if wanted; --split val, --limit N",
    _SOURCE,
    "val: 2,455 questions want a text (5,002 right ones), 2,511 a picture (3,627 right ones)",
    load,
)
