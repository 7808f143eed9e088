"""Limits on what a corpus may hold, so that no input can exhaust the machine. Each one is a setting."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """The limits of the readers, with defaults for a person's own files. Messages name the limit that they enforce.

    files: files of a folder, a list or an archive together.
    file_bytes, total_bytes: bytes of one file, and of all.
    items: pictures and passages together.
    pixels, frames: width x height, and pictures in one file (only the first is shown). Pillow itself refuses more than
        178,956,970 pixels.
    picture_seconds, document_seconds: time to decode one picture, or to read one .pdf or .docx, in a
        separate process.
    decoder_bytes: memory of such a process, if the system can limit it.
    document_characters: text of one document.
    archive_members, archive_bytes: entries of one archive, and unpacked bytes of all of them, counted while unpacking.
    archive_ratio: unpacked bytes per packed byte of one entry, beyond a megabyte.
    archive_nesting: depth of archives inside archives; 1 allows none inside.
    table_rows, field_characters: rows of a table, characters of one of its fields.
    json_nesting: depth of nested brackets.
    vector_bytes: unpacked bytes of a vectors file.

    >>> Limits(pixels=1_000_000).named("pixels")
    'limit pixels: 1,000,000'
    """

    files: int = 100_000
    file_bytes: int = 200_000_000
    total_bytes: int = 50_000_000_000
    items: int = 1_000_000
    pixels: int = 50_000_000
    frames: int = 2_000
    picture_seconds: float = 20.0
    document_seconds: float = 60.0
    decoder_bytes: int = 2_000_000_000
    document_characters: int = 5_000_000
    archive_members: int = 100_000
    archive_bytes: int = 4_000_000_000
    archive_ratio: int = 200
    archive_nesting: int = 1
    table_rows: int = 1_000_000
    field_characters: int = 100_000
    json_nesting: int = 32
    vector_bytes: int = 4_000_000_000

    @classmethod
    def for_strangers(cls) -> Limits:
        """What a public demo accepts from one visitor: at most minutes of work on two slow cores."""
        return cls(
            files=1_000,
            file_bytes=25_000_000,
            total_bytes=400_000_000,
            items=5_000,
            frames=1_000,
            picture_seconds=10.0,
            document_seconds=20.0,
            document_characters=1_000_000,
            archive_members=2_000,
            archive_bytes=400_000_000,
            table_rows=20_000,
            field_characters=20_000,
            vector_bytes=200_000_000,
        )

    def named(self, field: str) -> str:
        """The name and value of a limit, for messages."""
        return f"limit {field}: {getattr(self, field):,}"


DEFAULT_LIMITS = Limits()
