"""Index folders: vectors and items of a corpus, written once and mapped from disk by everything that opens them.

    manifest.json       format, model, dimension, groups with their modality and count, fingerprint of the corpus, date
    vectors.npy         (n, d) float32 unit rows; the rows of each group stand together
    items.jsonl         one item a line, in the order of the rows
    items.npz           offsets of the lines; ids by hash; of items that are a picture and a text at once, their rows
    calibration.json    where the corpus was calibrated
    group-N.hnsw        where there is an approximate index, one for each group

A folder is written beside its place and moved there when it is whole. A process that is killed leaves the old one: at
its place, or as `.NAME.modgap-old`, from which the next write restores it; the unfinished part is removed then.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from modgap.corpus.corpus import Corpus
from modgap.corpus.fused import parent_rows
from modgap.corpus.item_columns import group_modality, groups_of
from modgap.corpus.lazy_items import LazyItems, id_hash, item_to_json
from modgap.errors import CorpusError
from modgap.io.disk_room import require_room
from modgap.io.json_files import write_document
from modgap.items import Item, Modality, ModalityByGroup, ordered_groups
from modgap.vectors import Vectors, group_fault

FORMAT = "modgap.index/1"
MANIFEST, VECTORS, LINES, ROWS = "manifest.json", "vectors.npy", "items.jsonl", "items.npz"
CALIBRATION = "calibration.json"
_BLOCK = 16384  # rows written at once
_CHECKED = 1000  # rows whose length is checked on opening: all would read the whole file
_MAX_MANIFEST = 10_000_000  # bytes


def is_index_folder(path: Path) -> bool:
    """Whether a folder says that it is an index folder."""
    manifest = path / MANIFEST
    try:
        return manifest.is_file() and f'"{FORMAT.partition("/")[0]}/' in manifest.read_text(encoding="utf-8")[:200]
    except (OSError, UnicodeDecodeError):
        return False


def write_index(
    folder: Path,
    items: Sequence[Item],
    vectors: Vectors,
    *,
    model: str,
    encoder: str = "",
    fingerprint: str,
    root: Path | None = None,
    calibration: dict[str, Any] | None = None,
    index: dict[str, Any] | None = None,
    write_more: Callable[[Path], object] | None = None,
) -> Path:
    """Write the items and vectors (n, d) of a corpus as an index folder; an older index folder there is replaced.

    model: the name of the model of the vectors, empty where unknown. encoder: that of the encoder which reads queries.
    fingerprint: of the corpus as it was read. root: the corpus's folder, so that its path is written once.
    calibration: its document, if there is one. index: what describes an approximate index, and write_more: writes its
    files into the folder it is given.
    Raises CorpusError if something else lies there, or the folder cannot be written.
    """
    folder = folder.expanduser().absolute()
    if folder.exists() and not is_index_folder(folder):
        raise CorpusError(f"{folder} is there and is not an index folder: give another name, or remove it.")
    part = folder.with_name(f".{folder.name}.modgap-part")
    try:
        _clear_leftovers(part, folder)
        part.mkdir(parents=True)
        order, groups = _grouped(items)
        _write_vectors(part / VECTORS, vectors, order)
        _write_items(part, items, order, root)
        manifest = {
            "format": FORMAT,
            "model": model,
            "encoder": encoder,
            "dimension": int(vectors.shape[1]),
            "items": len(items),
            "groups": groups,
            "fingerprint": fingerprint,
            "index": index or {},
            "root": None if root is None else str(root.absolute()),
            "created": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        }
        (part / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
        if calibration is not None:
            write_document(part / CALIBRATION, calibration)
        if write_more is not None:
            write_more(part)
        _put_in_place(part, folder)
    except OSError as error:
        raise CorpusError(f"{folder} cannot be written: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return folder


def read_index(folder: Path) -> Corpus:
    """The corpus of an index folder; vectors and lines stay on disk until they are used.

    Raises CorpusError, naming the file, for one that is missing, broken, or does not fit the manifest.
    """
    manifest = _manifest(folder / MANIFEST)
    n, dimension = manifest["items"], manifest["dimension"]
    vectors = _mapped(folder / VECTORS, (n, dimension))
    groups, modality = _groups(folder / MANIFEST, manifest["groups"], n)
    offsets, id_hashes, id_rows, parents = _rows(folder, n)
    root = None if manifest["root"] is None else Path(manifest["root"])
    items = LazyItems(folder / LINES, offsets, groups, modality, id_hashes, id_rows, root, parents)
    return Corpus(
        items,
        vectors=vectors,
        source=folder,
        model=manifest["model"],
        fingerprint=manifest["fingerprint"],
        encoder=manifest["encoder"],
        index=manifest["index"],
    )


def _grouped(items: Sequence[Item]) -> tuple[NDArray[np.intp], list[dict[str, Any]]]:
    """The rows with those of each group together, in their order; and the groups as the manifest lists them."""
    names, modality = groups_of(items), group_modality(items)
    rows = {name: np.flatnonzero(names == name) for name in ordered_groups(modality)}
    listed = [{"name": name, "modality": modality[name], "items": int(each.size)} for name, each in rows.items()]
    return np.concatenate(list(rows.values())), listed


def _write_vectors(path: Path, vectors: Vectors, order: NDArray[np.intp]) -> None:
    require_room(path.parent, order.size * vectors.shape[1] * 4)  # a mapped file on a full disk ends the process
    mapped = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=(order.size, vectors.shape[1]))
    for start in range(0, order.size, _BLOCK):
        mapped[start : start + _BLOCK] = vectors[order[start : start + _BLOCK]]
    mapped.flush()


def _write_items(folder: Path, items: Sequence[Item], order: NDArray[np.intp], root: Path | None) -> None:
    offsets, hashes = np.zeros(order.size + 1, dtype=np.int64), np.empty(order.size, dtype=np.uint64)
    base = root.absolute() if root is not None else None
    with (folder / LINES).open("wb") as lines:
        for place, row in enumerate(order.tolist()):
            item = items[row]
            lines.write(json.dumps(item_to_json(item, base)).encode() + b"\n")
            offsets[place + 1] = lines.tell()
            hashes[place] = id_hash(item.id)
    by_hash = np.argsort(hashes, kind="stable")
    arrays: dict[str, Any] = {"offsets": offsets, "id_hashes": hashes[by_hash], "id_rows": by_hash.astype(np.int64)}
    parents = parent_rows(items)
    if parents is not None:
        arrays["parents"] = _reordered(parents, order)
    np.savez(folder / ROWS, **arrays)


def _reordered(parents: NDArray[np.intp], order: NDArray[np.intp]) -> NDArray[np.int64]:
    """The parents of rows (n,) that were put in another order, as first rows in that order."""
    moved = parents[order]
    _, first, inverse = np.unique(moved, return_index=True, return_inverse=True)
    return first[inverse.ravel()].astype(np.int64)


def _clear_leftovers(part: Path, folder: Path) -> None:
    """Undo what a killed process left: an old folder that was moved aside comes back, an unfinished one goes."""
    old = _moved_aside(folder)
    if old.exists() and not folder.exists():
        os.replace(old, folder)
    for left in (old, part):
        shutil.rmtree(left, ignore_errors=True)


def _moved_aside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.modgap-old")


def _put_in_place(part: Path, folder: Path) -> None:
    old = _moved_aside(folder)
    if folder.exists():
        os.replace(folder, old)
    os.replace(part, folder)
    shutil.rmtree(old, ignore_errors=True)


def _manifest(path: Path) -> dict[str, Any]:
    """The manifest after all checks. Raises CorpusError."""
    try:
        if path.stat().st_size > _MAX_MANIFEST:
            raise CorpusError(f"{path} is too large for a manifest.")
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CorpusError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise CorpusError(f"{path} is not JSON ({error}): write the index folder again.") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        named = found.get("format") if isinstance(found, dict) else None
        raise CorpusError(
            f'{path} has the format {named!r}, and this version reads "{FORMAT}": write the folder again.'
        )
    root: Any = (str, type(None))
    kinds = {"items": int, "dimension": int, "groups": list, "index": dict, "root": root}
    kinds |= dict.fromkeys(("model", "encoder", "fingerprint"), str)
    for name, kind in kinds.items():
        value: Any = found.get(name)
        if not isinstance(value, kind) or (kind is int and (value is True or value < 1)):
            raise CorpusError(f'{path}: "{name}" is missing or not what it should be: write the index folder again.')
    return found


def _groups(path: Path, groups: list[Any], n: int) -> tuple[NDArray[np.str_], dict[str, str]]:
    """The group of each row, and the modality of each group. Raises CorpusError for groups that cannot be used."""
    held, seen = ModalityByGroup(), set()
    for each in groups:
        try:
            name, modality, count = each["name"], Modality(each["modality"]), each["items"]
            fault = group_fault(name) or held.add(name, modality)
            if fault or name in seen or not isinstance(count, int) or count < 1:
                raise ValueError(fault or "its number of items cannot be")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise CorpusError(f"{path}: a group cannot be used ({error}): write the index folder again.") from error
        seen.add(name)
    counts = [each["items"] for each in groups]
    if sum(counts) != n:
        raise CorpusError(f"{path} counts {n} items, and its groups {sum(counts)}: write the index folder again.")
    names = [each["name"] for each in groups]
    return np.repeat(np.asarray(names), counts), {each["name"]: each["modality"] for each in groups}


def _mapped(path: Path, shape: tuple[int, int]) -> Vectors:
    """The vectors, mapped. Raises CorpusError for another shape or type, or rows that are not of length 1."""
    try:
        vectors = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise CorpusError(f"{path} cannot be read as vectors: {error}.") from error
    if not isinstance(vectors, np.memmap) or vectors.dtype != np.float32 or vectors.shape != shape:
        raise CorpusError(f"{path} must hold float32 vectors of shape {shape}: write the index folder again.")
    if not vectors.flags.c_contiguous:
        raise CorpusError(f"{path} must hold its vectors row by row: write the index folder again.")
    rows = np.linspace(0, shape[0] - 1, min(_CHECKED, shape[0])).astype(np.intp)
    with np.errstate(over="ignore", invalid="ignore"):
        lengths = np.linalg.norm(vectors[rows], axis=1)
    if not np.all(np.abs(lengths - 1) < 1e-3):  # NaN included
        row = int(rows[np.argmin(np.abs(lengths - 1) < 1e-3)])
        raise CorpusError(f"{path}: row {row} is not a vector of length 1: write the index folder again.")
    return vectors


def _rows(
    folder: Path, n: int
) -> tuple[NDArray[np.int64], NDArray[np.uint64], NDArray[np.int64], NDArray[np.intp] | None]:
    """Offsets of the lines, hashes and rows of the ids, and parents if any, after all checks. Raises CorpusError."""
    path, lines = folder / ROWS, folder / LINES
    try:
        size = lines.stat().st_size
        with np.load(path, allow_pickle=False) as arrays:
            offsets, hashes, rows = (arrays[name] for name in ("offsets", "id_hashes", "id_rows"))
            parents = arrays["parents"] if "parents" in arrays.files else None
    except Exception as error:  # NumPy and zipfile raise errors of many families on broken files
        raise CorpusError(f"{folder}: {ROWS} or {LINES} cannot be read ({error}): write it again.") from error
    fits = (
        offsets.shape == (n + 1,)
        and hashes.shape == rows.shape == (n,)
        and offsets.dtype == rows.dtype == np.int64
        and hashes.dtype == np.uint64
        and offsets[0] == 0
        and offsets[-1] == size
        and bool(np.all(np.diff(offsets) > 0))
        and bool(np.all((rows >= 0) & (rows < n)))
        and (parents is None or _are_parents(parents, n))
    )
    if not fits:
        raise CorpusError(f"{path} does not fit {LINES} and the manifest: write the index folder again.")
    return offsets, hashes, rows, None if parents is None else parents.astype(np.intp)


def _are_parents(parents: NDArray[Any], n: int) -> bool:
    """Whether these are first rows: each names itself, or an earlier row that names itself."""
    if parents.shape != (n,) or parents.dtype != np.int64 or not bool(np.all((parents >= 0) & (parents < n))):
        return False
    return bool(np.all(parents <= np.arange(n)) and np.all(parents[parents] == parents))
