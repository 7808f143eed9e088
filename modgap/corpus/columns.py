"""Which column of a table is what: usual names are recognised, and the caller may name others.

    id       id, sku, slug, ...            text     text; else title, name, description, body, alt, ... together
    image    image, image_path, img, ...   group    group
    caption  shown with a picture and not searched, unless the caller names it as text

Several text columns become one text, each on a line with its name: "title: Red mug".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from modgap.errors import CorpusError

IDS = ("id", "sku", "slug", "item_id", "product_id", "uid", "asin", "handle")
IMAGES = (
    "image", "image_path", "img", "img_path", "photo", "photo_path", "picture", "picture_path", "image_file", "file",
    "filename", "file_name", "path",
)  # fmt: skip
TEXTS = ("title", "name", "headline", "heading", "description", "summary", "body", "content", "alt", "alt_text")
ADDRESSES = ("image_url", "img_url", "picture_url", "photo_url", "image_link", "image_src")
_SHOWN = 60  # characters of a value in messages


@dataclass(frozen=True)
class ColumnChoice:
    """The columns that a caller names, by their names in the header; empty: by the usual names."""

    text: tuple[str, ...] = ()
    image: str = ""
    id: str = ""
    group: str = ""

    def among(self, names: Collection[str]) -> ColumnChoice:
        """The choice for one row of JSON lines, each of which has keys of its own: those that it has."""
        one = {
            role: name if name in names else "" for role in ("image", "id", "group") if (name := getattr(self, role))
        }
        return replace(self, text=tuple(name for name in self.text if name in names), **one)


BY_NAME = ColumnChoice()


@dataclass(frozen=True)
class Columns:
    """What each column of a table is taken for; "" or () where it has none. ignored: the names of all others.

    text: in the order of the table. addresses: of columns that hold pictures by address.
    """

    id: str = ""
    text: tuple[str, ...] = ()
    image: str = ""
    caption: str = ""
    group: str = ""
    addresses: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    def row(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """A row as `add_row` takes it: id, text, image, caption and group, as far as the table has them.

        Several texts are shown with their picture without the names of their columns.
        """
        named = {"id": self.id, "image": self.image, "caption": self.caption, "group": self.group}
        found = {role: values[name] for role, name in named.items() if name and name in values}
        if len(self.text) == 1 and self.text[0] in values:
            found["text"] = values[self.text[0]]
        elif self.text:
            parts = [(name, value.strip()) for name in self.text if isinstance(value := values.get(name), str)]
            found["text"] = "\n".join(f"{name}: {value}" for name, value in parts if value)
            if not self.caption:
                found["caption"] = ". ".join(value.rstrip(".") for _, value in parts if value)
        return found

    def to_json(self) -> dict[str, Any]:
        """The columns by role, those that are there."""
        roles = ("id", "text", "image", "caption", "group", "addresses", "ignored")
        found = {role: getattr(self, role) for role in roles}
        return {role: list(each) if isinstance(each, tuple) else each for role, each in found.items() if each}


def choose_columns(names: Sequence[str], choice: ColumnChoice = BY_NAME) -> Columns:
    """What the columns of a table are taken for; the names as the table writes them.

    Raises CorpusError for a column that is named and missing, a usual name that stands there twice, or a table without
    any text or picture.

    >>> choose_columns(["SKU", "Title", "Description", "Image Path", "price"]).text
    ('Title', 'Description')
    """
    by_key: dict[str, str] = {}
    for name in names:
        if (key := _key(name)) in by_key and key in (*IDS, *IMAGES, *TEXTS, "text", "caption", "group"):
            raise CorpusError(f'names the column "{name[:_SHOWN]}" twice')
        by_key.setdefault(key, name)

    def chosen(wanted: str, usual: Iterable[str]) -> str:
        if wanted:
            return _named(wanted, by_key)
        return next((by_key[key] for key in usual if key in by_key), "")

    image, identity, group = chosen(choice.image, IMAGES), chosen(choice.id, IDS), chosen(choice.group, ("group",))
    taken = {image, identity, group}
    if choice.text:
        text = tuple(_named(name, by_key) for name in choice.text)
    elif "text" in by_key:
        text = (by_key["text"],)
    else:
        text = tuple(name for key, name in by_key.items() if key in TEXTS and name not in taken)
    caption = by_key.get("caption", "")
    caption = "" if caption in (*taken, *text) else caption
    if caption and not text and not image:
        text, caption = (caption,), ""
    addresses = tuple(name for key, name in by_key.items() if key in ADDRESSES and name not in (*taken, *text))
    if not text and not image:
        raise CorpusError(_nothing(names, addresses))
    used = {*taken, *text, caption, *addresses}
    return Columns(identity, text, image, caption, group, addresses, tuple(n for n in names if n and n not in used))


def addresses_note(columns: Columns) -> str:
    """What to say of pictures by address, as the end of a sentence; empty without any, or where files stand beside."""
    if not columns.addresses or columns.image:
        return ""
    return (
        f'has pictures by address in the column "{columns.addresses[0][:_SHOWN]}", which are not fetched: download '
        f'them (wget -i with a list of the addresses) and name the files in a column "image"'
    )


def _named(name: str, by_key: Mapping[str, str]) -> str:
    """The column of a name that the caller gives."""
    if name in by_key.values():
        return name
    if (found := by_key.get(_key(name))) is None:
        held = ", ".join(f'"{each[:_SHOWN]}"' for each in list(by_key.values())[:20])
        raise CorpusError(f'has no column "{name[:_SHOWN]}"; it has {held}')
    return found


def _nothing(names: Sequence[str], addresses: Sequence[str]) -> str:
    if addresses:
        return addresses_note(Columns(addresses=tuple(addresses)))
    held = ", ".join(f'"{name.strip()[:_SHOWN]}"' for name in list(names)[:20] if name.strip())
    return (
        f'has no column "text" or "image", nor another usual name ("title", "description", '
        f'"image_path", ...); it has {held or "none"}: write a header, as "id,text", or name the columns with '
        f"--text-columns and --image-column"
    )


def _key(name: str) -> str:
    """A name as the usual ones are written: "Image Path" -> "image_path"."""
    return re.sub(r"[\s\-.]+", "_", name.strip().lower())
