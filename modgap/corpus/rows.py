"""One row of a table, whatever its file format: `{"id", "text"}` or `{"id", "image", "caption"?}` becomes an item.

A row with both is one item with two vectors, found by its picture or by its text. A `caption` is shown with the picture
and not searched. An optional `group` names the statistics that the item gets; if it is empty or missing, they are those
of the item's modality. It is the picture's where a row has both.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from modgap.corpus.builder import CorpusBuilder
from modgap.corpus.file_types import FileType, file_type
from modgap.corpus.fused import TEXT_SUFFIX
from modgap.corpus.text import clean_text
from modgap.errors import CorpusError
from modgap.items import Item, Modality
from modgap.vectors import MAX_GROUP_CHARACTERS, group_fault

_MAX_ID_CHARACTERS = 1_000
_MAX_SHOWN_CHARACTERS = 100  # of a picture's path, in messages


Folder = Path | Mapping[str, Path]
"""Where a table's pictures are: its folder, or the files of its archive by their names as seen from the table."""


def add_row(row: Mapping[str, Any], number: int, folder: Folder, builder: CorpusBuilder) -> None:
    """Add the item of a row. A row is one item however long its text, so that labels that name it stay true.

    number: the row's line. folder: that of the table, in which its pictures are.
    Raises CorpusError with the reason.
    """
    picture, text = _sides(row, number, folder, builder)
    if picture is not None and text is not None:
        builder.add_fused(picture, text)
    elif picture is not None:
        builder.add_picture(picture)
    elif text is not None:
        builder.add_passage(text)


def inside(folder: Path, relative: str) -> Path | None:
    """The file that a table's relative path names, or None if it leaves the table's own folder."""
    try:
        path = (folder / relative).resolve()
        return path if path.is_relative_to(folder.resolve()) else None
    except (OSError, ValueError, RuntimeError):  # NUL in the name, a name too long, links in a circle
        return None


def _sides(
    row: Mapping[str, Any], number: int, folder: Folder, builder: CorpusBuilder
) -> tuple[Item | None, Item | None]:
    """The picture and the text of a row, at least one of them."""
    limits = builder.options.limits
    name = _id(row) or builder.free_id(f"line-{number}")
    text, image, caption = row.get("text"), row.get("image"), row.get("caption")
    for value in (text, image, caption, row.get("group")):
        if isinstance(value, str) and len(value) > limits.field_characters:
            raise CorpusError(f"has a field of {len(value):,} characters ({limits.named('field_characters')})")
    group = _group(row)
    words = clean_text(text) if isinstance(text, str) else ""
    if isinstance(image, str) and image.strip():
        try:
            path = _picture(folder, image.strip())
        except CorpusError as error:
            if not words:
                raise
            builder.skip(name, f"{error}: its text is kept without it")
        else:
            shown = (clean_text(caption) if isinstance(caption, str) else "") or words
            parent = name if words else ""
            picture = Item(name, Modality.IMAGE, path=path, caption=shown or None, group=group, parent=parent)
            return picture, Item(f"{name}{TEXT_SUFFIX}", Modality.TEXT, text=words, parent=name) if words else None
        group = ""  # the row's group is that of its picture
    if not isinstance(text, str):
        raise CorpusError('has neither a "text" nor an "image" that is a string')
    if not words:
        raise CorpusError("has an empty text")
    shown = clean_text(caption) if isinstance(caption, str) and "\n" in words else ""
    return None, Item(name, Modality.TEXT, text=words, caption=shown or None, group=group)


def _id(row: Mapping[str, Any]) -> str:
    value = row.get("id")
    name = "" if value is None else clean_text(str(value))
    if len(name) > _MAX_ID_CHARACTERS:
        raise CorpusError(f"has an id of {len(name):,} characters, more than {_MAX_ID_CHARACTERS:,}")
    return name


def _group(row: Mapping[str, Any]) -> str:
    """The group that a row names, "" for that of its modality."""
    value = row.get("group")
    if value is None:
        return ""
    if not isinstance(value, str):
        raise CorpusError('has a "group" that is not a string')
    name = value.strip()
    if name and (fault := group_fault(name)):
        raise CorpusError(f"belongs to the group {name[:MAX_GROUP_CHARACTERS]!r}, which {fault}")
    return name


def _member(files: Mapping[str, Path], relative: str) -> Path | None:
    """The file of an archive that a table's relative path names; None if it leaves the archive."""
    name = posixpath.normpath(relative.replace("\\", "/"))
    if name in files:
        return files[name]
    return None if name.startswith(("../", "/")) or name == ".." else Path(name)  # which is not there


def _picture(folder: Folder, relative: str) -> Path:
    shown = relative if len(relative) <= _MAX_SHOWN_CHARACTERS else relative[:_MAX_SHOWN_CHARACTERS] + "…"
    if relative.partition("://")[2]:
        raise CorpusError(f'names a picture by its address ("{shown}"), which is not fetched: download it first')
    path = inside(folder, relative) if isinstance(folder, Path) else _member(folder, relative)
    if path is None:
        raise CorpusError(f'names a picture outside the folder of the file ("{shown}")')
    if not os.path.isfile(path):
        raise CorpusError(f'names a picture that is not there ("{shown}")')
    try:
        found = file_type(path, path.name)
    except CorpusError as error:
        raise CorpusError(f'names a picture that {error} ("{shown}")') from error
    if found is not FileType.PICTURE:
        raise CorpusError(f'names a picture that is not a picture file ("{shown}")')
    return path
