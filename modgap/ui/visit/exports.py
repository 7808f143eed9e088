"""Files of a visitor's corpus to take home: the last search as a table, the vectors as arrays."""

from __future__ import annotations

import csv
import io

import numpy as np

from modgap.io.spreadsheet import safe_cell
from modgap.items import Hit, Item
from modgap.methods import DEFAULT_METHOD
from modgap.search.collection import VECTORS
from modgap.ui.visit.searching import answer_query
from modgap.ui.visit.session import LoadedCorpus, Visit

MAX_VECTOR_BYTES = 24 * 10**6  # of an .npz inside the page
MAX_EXPORTED_HITS = 50


def results_csv(visit: Visit, loaded: LoadedCorpus) -> str:
    """The last search by both rankings, one row a hit; empty where there was none.

    A column `group` is there where a hit's group is not its modality. A cell that a spreadsheet would run as a formula
    gets an apostrophe before it.
    """
    if visit.asked is None:
        return ""
    found = answer_query(loaded.collection, visit.asked.whole, MAX_EXPORTED_HITS, most=MAX_EXPORTED_HITS)
    lists = (("raw", found.raw), (DEFAULT_METHOD, found.calibrated or []))
    groups = any(_has_own_group(hit) for _, hits in lists for hit in hits)
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    columns = ("query", "method", "rank", "id", "modality", *(["group"] if groups else []))
    writer.writerow((*columns, "score", "value", "z", "fit"))
    for method, hits in lists:
        for hit in hits:
            row = hit.as_dict()
            words = (safe_cell(visit.asked.title), method, row["rank"], safe_cell(hit.id), row["modality"])
            group = [safe_cell(hit.group)] if groups else []
            writer.writerow((*words, *group, *(row.get(key) for key in ("score", "value", "z", "fit"))))
    return file.getvalue()


def vectors_npz(loaded: LoadedCorpus) -> bytes | None:
    """ids, modality, vectors and the model's name as `.npz`, without pickle; None where they are too many for a page.

    An array `group` is there where an item's group is not its modality; `model` where the model has a name.
    """
    items, vectors = loaded.collection.sample.items, loaded.collection.sample.vectors
    if vectors.nbytes > MAX_VECTOR_BYTES:
        return None
    arrays: dict[str, str | list[str]] = {
        "ids": [item.id for item in items],
        "modality": [item.modality.value for item in items],
    }
    if loaded.collection.model != VECTORS:
        arrays["model"] = loaded.collection.model
    if any(map(_has_own_group, items)):
        arrays["group"] = [item.group for item in items]
    file = io.BytesIO()
    np.savez(file, **{name: np.asarray(each, dtype=np.str_) for name, each in arrays.items()}, vectors=vectors)  # type: ignore[arg-type]
    return file.getvalue()


def _has_own_group(each: Item | Hit) -> bool:
    return each.group != each.modality.value
