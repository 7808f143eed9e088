"""The numbers that every engine needs, a mean and a deviation for each group, and the header above a snippet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Numbers:
    """mean, std: of the best cosines, by item group. origin: one sentence."""

    mean: dict[str, float]
    std: dict[str, float]
    dimension: int
    origin: str

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups, in the order of the calibration."""
        return tuple(self.mean)

    @property
    def group_names(self) -> str:
        """The groups in a comment: text, image, ..."""
        return ", ".join(one_line(group) for group in self.groups)


def one_line(text: str) -> str:
    """The text without line breaks: it stands in a comment."""
    return " ".join(text.split())


def header(mark: str, *lines: str) -> str:
    """Comment lines.

    >>> header("#", "first", "second")
    '# first\\n# second\\n'
    """
    return "".join(f"{mark} {line}\n" for line in lines)
