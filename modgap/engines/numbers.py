"""The four numbers that every engine needs, and how a header tells where they come from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Numbers:
    """mean, std: of the best cosines, by item modality ("text", "image"). origin: one sentence."""

    mean: dict[str, float]
    std: dict[str, float]
    dimension: int
    origin: str


def one_line(text: str) -> str:
    """The text without line breaks: it stands in a comment."""
    return " ".join(text.split())


def header(mark: str, *lines: str) -> str:
    """Comment lines.

    >>> header("#", "first", "second")
    '# first\\n# second\\n'
    """
    return "".join(f"{mark} {line}\n" for line in lines)
