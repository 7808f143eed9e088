"""A row of a table, whatever its file format: `{"id", "text"}` or `{"id", "image", "caption"?}` becomes an item.

Where a row has both, it is the picture, and the text is its caption unless it has one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from modgap.corpus.builder import CorpusBuilder
from modgap.corpus.file_types import FileType, kind_of
from modgap.corpus.text import clean_text
from modgap.errors import CorpusError
from modgap.items import Item, Modality

_LONGEST_ID = 1_000  # characters


def gather_row(row: Mapping[str, Any], number: int, folder: Path, builder: CorpusBuilder) -> None:
    """Take the item of a row; `number` is its line, `folder` that of the table. Raises CorpusError with the reason.

    A row is one item however long its text, so that labels which name it stay true.
    """
    item = _item(row, number, folder, builder)
    if item.modality is Modality.IMAGE:
        builder.picture(item)
    else:
        builder.passage(item)


def inside(folder: Path, relative: str) -> Path | None:
    """The file that a table's relative path names, or None where it leaves the table's own folder."""
    try:
        path = (folder / relative).resolve()
        return path if path.is_relative_to(folder.resolve()) else None
    except (OSError, ValueError, RuntimeError):  # NUL in the name, a name too long, links in a circle
        return None


def _item(row: Mapping[str, Any], number: int, folder: Path, builder: CorpusBuilder) -> Item:
    limits = builder.options.limits
    name = _name(row, number)
    text, image, caption = row.get("text"), row.get("image"), row.get("caption")
    for value in (text, image, caption):
        if isinstance(value, str) and len(value) > limits.field_characters:
            raise CorpusError(f"has a field of {len(value):,} characters ({limits.named('field_characters')})")
    if isinstance(image, str) and image.strip():
        words = [clean_text(value) for value in (caption, text) if isinstance(value, str) and value.strip()]
        path = _picture(folder, image.strip())
        return Item(name, Modality.IMAGE, path=path, caption=(words[0] or None) if words else None)
    if not isinstance(text, str):
        raise CorpusError('has neither a "text" nor an "image" that is a string')
    text = clean_text(text)
    if not text:
        raise CorpusError("has an empty text")
    return Item(name, Modality.TEXT, text=text)


def _name(row: Mapping[str, Any], number: int) -> str:
    value = row.get("id")
    name = "" if value is None else clean_text(str(value))
    if len(name) > _LONGEST_ID:
        raise CorpusError(f"has an id of {len(name):,} characters; {_LONGEST_ID:,} are enough")
    return name or f"line-{number}"


def _picture(folder: Path, relative: str) -> Path:
    shown = relative if len(relative) <= 100 else relative[:100] + "…"
    path = inside(folder, relative)
    if path is None:
        raise CorpusError(f'names a picture outside the folder of the file ("{shown}")')
    if not os.path.isfile(path):
        raise CorpusError(f'names a picture that is not there ("{shown}")')
    try:
        kind = kind_of(path, path.name)
    except CorpusError as error:
        raise CorpusError(f'names a picture that {error} ("{shown}")') from error
    if kind is not FileType.PICTURE:
        raise CorpusError(f'names a picture that is none ("{shown}")')
    return path
