"""`.jsonl` files: one JSON object a line, bad lines named and passed over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from modgap.corpus.corpus import Corpus, Skipped
from modgap.errors import CorpusError
from modgap.items import Item, Modality


def read_json_lines(path: Path) -> Corpus:
    """A corpus of `{"id", "text"}` and `{"id", "image": path relative to the file, "caption"?}` lines.

    A line that cannot be used is skipped as "name:line" with its reason. A missing id becomes the line's number.
    """
    items: list[Item] = []
    skipped: list[Skipped] = []
    seen: set[str] = set()
    for number, row, reason in json_objects(path):
        where = f"{path.name}:{number}"
        if row is None:
            skipped.append(Skipped(where, reason))
            continue
        try:
            item = _item(row, number, path.parent)
            if item.id in seen:
                raise CorpusError(f'repeats the id "{item.id}"')
        except CorpusError as error:
            skipped.append(Skipped(where, str(error)))
            continue
        seen.add(item.id)
        items.append(item)
    return Corpus(items, skipped, source=path)


def json_objects(path: Path) -> Iterator[tuple[int, dict | None, str]]:
    """Each line that is not blank as (line number, object or None, reason why it is none)."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")  # splitlines() would cut at U+2028 inside a text
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path} cannot be read as UTF-8 text: {error}.") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield number, None, f"is not JSON ({error})"
            continue
        if isinstance(row, dict):
            yield number, row, ""
        else:
            yield number, None, "is JSON, but not an object {...}"


def inside(folder: Path, relative: str) -> Path | None:
    """The file that a table's relative path names, or None where it leaves the table's own folder."""
    path = (folder / relative).resolve()
    return path if path.is_relative_to(folder.resolve()) else None


def _item(row: dict, number: int, folder: Path) -> Item:
    """The item of a line. Raises CorpusError with the reason in words."""
    name = str(row.get("id", f"line-{number}"))
    text, image = row.get("text"), row.get("image")
    if isinstance(image, str) and image.strip():
        path = inside(folder, image)
        if path is None:
            raise CorpusError(f'names a picture outside the folder of the file ("{image}")')
        if not path.is_file():
            raise CorpusError(f'names a picture that is not there ("{image}")')
        caption = row.get("caption")
        return Item(name, Modality.IMAGE, path=path, caption=caption if isinstance(caption, str) else None)
    if not isinstance(text, str):
        raise CorpusError('has neither a "text" nor an "image" that is a string')
    if not text.strip():
        raise CorpusError("has an empty text")
    return Item(name, Modality.TEXT, text=text.strip())
