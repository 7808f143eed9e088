"""Captioned pictures (Flickr8k, COCO) as a mixed set, by a seeded protocol.

Of the pictures of a split, a share `swap`, drawn by seed, is replaced by caption 1; the others stay pictures. Caption 0
of each picture is a query, whose one relevant document is that picture or the caption in its place. So every query has
one relevant document, and does not reveal its modality.
"""

from __future__ import annotations

import csv
import shutil
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from modgap.corpus import Query
from modgap.errors import CorpusError
from modgap.evaluation.datasets import base
from modgap.io.process_folder import process_folder
from modgap.items import Item

_FLICKR_SOURCE = "the authors' Flickr8k_Dataset and Flickr8k_text archives, or a table with image, idx and caption"
_COCO_SOURCE = "cocodataset.org (annotations_trainval and val images), or Karpathy's dataset_coco.json"
_FLICKR_DOCUMENTED = {"train": 6000, "dev": 1000, "test": 1000}
_COCO_DOCUMENTED = 5000  # of val2017, and of val and test of Karpathy's split
_MAX_UNPACKED_BYTES = 4 * 10**9  # of pictures from a .tar
_MIN_CAPTIONS = 2  # of a picture: one is the query, one replaces the picture


def mixed_set(
    title: str,
    captions: dict[str, list[str]],
    pictures: Path,
    options: base.LoadOptions,
    notes: base.Notes,
    *,
    unpacked: tuple[object, ...] = (),
) -> base.Dataset:
    """Apply the protocol of this module. captions: by the name of a picture in the folder `pictures`, in order."""
    if not 0 <= options.swap <= 1:
        raise CorpusError(f"The share of pictures replaced by a text must be between 0 and 1; got {options.swap}.")
    names = []
    for name in sorted(captions):
        if len(captions[name]) < _MIN_CAPTIONS:
            notes.count("pictures have fewer than two captions and were left out", name)
        else:
            names.append(name)
    stay = len(names) - round(options.swap * len(names))
    kept = set(np.random.default_rng(options.seed).permutation(len(names))[:stay].tolist())
    items: list[Item | None] = []
    queries = []
    for row, name in enumerate(names):
        if row in kept:
            item = base.picture_item(name, pictures, name, notes, caption=captions[name][1])
        else:
            item = base.text_item(f"{name}#1", captions[name][1], notes)
        items.append(item)
        if item is None:
            notes.count("queries have no relevant document and were left out", name)
        else:
            queries.append(Query(name, text=captions[name][0], relevant={item.id: 1}))
    settings = {
        "Protocol": f"{stay} of {len(names)} pictures, drawn by seed, stay pictures; caption 1 stands for the others, "
        "caption 0 asks",
        "Seed": str(options.seed),
    }
    return base.assemble(title, items, base.draw_queries(queries, options), notes, settings=settings, unpacked=unpacked)


def load_flickr8k(root: Path, options: base.LoadOptions) -> base.Dataset:
    """Read Flickr8k: pictures from a folder or a .tar, captions from a table or the official token file."""
    split, notes = options.split or "dev", base.Notes()
    tables = ["captions.tsv", f"captions_{split}.tsv", "Flickr8k.token.txt", "Flickr8k_text/Flickr8k.token.txt"]
    table = base.require_file(root, tables, data_set="Flickr8k", source=_FLICKR_SOURCE)
    captions = _token_file(table, notes) if table.suffix == ".txt" else caption_table(table, notes)
    names = _split_names(table.parent, split)
    if names is not None:
        for name in sorted(names - captions.keys()):
            notes.count(f"pictures of {split} have no captions and were left out", name)
        captions = {name: captions[name] for name in sorted(names & captions.keys())}
    documented = _FLICKR_DOCUMENTED.get(split, len(captions))
    notes.expect(f"pictures of {split}", len(captions), documented)
    if names is None and table.name != f"captions_{split}.tsv" and len(captions) != documented:
        notes.say(f"No Flickr_8k.{split}Images.txt says which pictures are of {split}: all of {table.name} are read.")
    folders = ["Flicker8k_Dataset", "Flickr8k_Dataset", "images", "Images", split]
    found = next((root / name for name in folders if (root / name).is_dir()), None)
    title = f"Flickr8k {split}"
    unpacked: tuple[object, ...] = ()
    if found is None and (root / f"{split}.tar").is_file():
        folder = tempfile.TemporaryDirectory(prefix="flickr8k-", dir=process_folder())
        found, unpacked = Path(folder.name), (folder,)
        unpack(root / f"{split}.tar", found, set(captions), notes)
    return mixed_set(title, captions, found or root, options, notes, unpacked=unpacked)


def load_coco(root: Path, options: base.LoadOptions) -> base.Dataset:
    """Read COCO: captions_val2017.json (or 2014) with its folder of pictures, or Karpathy's split."""
    split, notes = options.split or "val", base.Notes()
    years = ("2017", "2014")
    names = [f"{folder}captions_{split}{year}.json" for folder in ("annotations/", "") for year in years]
    path = base.require_file(root, ["dataset_coco.json", *names], data_set="COCO captions", source=_COCO_SOURCE)
    document, captions = base.json_document(path), {}
    try:
        if path.name == "dataset_coco.json":
            for row in document["images"]:
                if row["split"] == split:
                    name = f"{row['filepath']}/{row['filename']}"
                    captions[name] = [str(sentence["raw"]) for sentence in row["sentences"]]
        else:
            folder = path.stem.removeprefix("captions_")
            files = {row["id"]: f"{folder}/{row['file_name']}" for row in document["images"]}
            for row in sorted(document["annotations"], key=lambda row: row["id"]):
                if row["image_id"] in files:
                    captions.setdefault(files[row["image_id"]], []).append(str(row["caption"]))
                else:
                    notes.count("captions are of a picture that is not listed and were left out", row["id"])
    except (KeyError, TypeError) as error:
        raise CorpusError(f"{path} is not in the layout of COCO's captions ({error!r}): download it again.") from error
    if split in ("val", "test") and path.name in ("dataset_coco.json", "captions_val2017.json"):
        notes.expect(f"pictures of {split}", len(captions), _COCO_DOCUMENTED)
    return mixed_set(f"COCO {split}", captions, root, options, notes)


def caption_table(path: Path, notes: base.Notes) -> dict[str, list[str]]:
    """Captions by picture from a table with the columns image, idx and caption, in the order of idx."""
    rows: dict[str, list[tuple[int, str]]] = {}
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        table = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        if not {"image", "caption"} <= set(table.fieldnames or ()):
            raise CorpusError(f'{path}:1 must name the columns "image", "idx" and "caption".')
        for row in table:
            image, caption = row.get("image"), row.get("caption")
            if not image or not caption:
                notes.count(f"rows of {path.name} are not whole and were left out", f"line {table.line_num}")
                continue
            place = row.get("idx") or ""
            rows.setdefault(image, []).append((int(place) if place.isdecimal() else 0, caption))
    return {name: [caption for _, caption in sorted(of, key=lambda each: each[0])] for name, of in rows.items()}


def _token_file(path: Path, notes: base.Notes) -> dict[str, list[str]]:
    """Captions by picture from the official file: `name.jpg#0<tab>caption` per line."""
    captions: dict[str, list[str]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        name, tab, caption = line.partition("\t")
        if not tab or "#" not in name:
            notes.count(f"lines of {path.name} are not whole and were left out", f"line {number}")
            continue
        captions.setdefault(name.rpartition("#")[0], []).append(caption)
    return captions


def _split_names(folder: Path, split: str) -> set[str] | None:
    """The pictures of an official split; None where its list does not exist."""
    path = folder / f"Flickr_8k.{split}Images.txt"
    return set(path.read_text(encoding="utf-8", errors="replace").split()) if path.is_file() else None


def unpack(archive: Path, folder: Path, names: Iterable[str], notes: base.Notes) -> None:
    """Extract the named pictures from an untrusted .tar, by their bare names."""
    wanted, size = set(names), 0
    try:
        with tarfile.open(archive) as opened:
            for member in opened:
                name = Path(member.name).name
                source = opened.extractfile(member) if member.isfile() and name in wanted else None
                if source is None:
                    continue
                size += member.size
                if size > _MAX_UNPACKED_BYTES:
                    raise CorpusError(f"{archive} holds more than {_MAX_UNPACKED_BYTES // 10**9} GB of pictures.")
                with (folder / name).open("wb") as target:
                    shutil.copyfileobj(source, target)
    except (tarfile.TarError, EOFError, OSError) as error:
        notes.count(f"archives could not be read to their end ({error})", archive.name)


FLICKR8K = base.Loader(
    "flickr8k",
    "Flickr8k, mixed by our protocol",
    "captions.tsv or captions_SPLIT.tsv (image, idx, caption), or Flickr8k.token.txt, and the pictures in a folder or "
    "SPLIT.tar; --split dev",
    _FLICKR_SOURCE,
    "official splits: 6,000 train, 1,000 dev, 1,000 test pictures, five captions each",
    load_flickr8k,
)
COCO = base.Loader(
    "coco",
    "COCO captions, mixed by our protocol",
    "annotations/captions_val2017.json and val2017/, or dataset_coco.json with the pictures; --split val",
    _COCO_SOURCE,
    "5,000 pictures in val2017 and in Karpathy's test split",
    load_coco,
)
