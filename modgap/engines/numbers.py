"""The numbers that every engine needs, a mean and a deviation for each group, and the header above a snippet."""

from __future__ import annotations

from dataclasses import dataclass, field

from modgap.errors import EngineError

LONGEST_LIST = 10  # items, where the size of a group is not known


@dataclass(frozen=True)
class Numbers:
    """mean, std: of the best cosines, by item group. origin: one sentence.

    lengths: by group, how many of a query's best items make its own list, the best included (`methods.calibrated`).
    least: by group, the cosine below which a hit is no good match: what the least fit of the calibration asks for.
    """

    mean: dict[str, float]
    std: dict[str, float]
    dimension: int
    origin: str
    lengths: dict[str, int] = field(default_factory=dict)
    least: dict[str, float] = field(default_factory=dict)

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups, in the order of the calibration."""
        return tuple(self.mean)

    @property
    def list_lengths(self) -> dict[str, int]:
        """The length of the list of every group."""
        return {group: self.lengths.get(group, LONGEST_LIST) for group in self.groups}

    @property
    def instead_of_z(self) -> tuple[str, str]:
        """Comment lines for engines whose one request can write z and no more."""
        lists = ", ".join(f"2 to {length} ({one_line(group)})" for group, length in self.list_lengths.items())
        return (
            "This is z, the standardized score. For the calibrated one, ask for the best of each group first and put",
            f"the middle between the mean and the mean cosine of ranks {lists} in place of each mean.",
        )

    @property
    def group_names(self) -> str:
        """The groups in a comment: text, image, ..."""
        return ", ".join(one_line(group) for group in self.groups)


@dataclass(frozen=True)
class Names:
    """How an engine calls things. table: also a collection or an index. vector: None for the engine's usual name.

    k: how many results. Raises EngineError for a name with a line break, or no name.
    """

    table: str = "items"
    id: str = "id"
    vector: str | None = None
    group: str = "modality"
    k: int = 10

    def __post_init__(self) -> None:
        for what in ("table", "id", "vector", "group"):
            name = getattr(self, what)
            if name is not None and (not name.strip() or one_line(name) != name):
                raise EngineError(f"The name of the {what} is empty or has line breaks: {name!r}.")
        if self.k < 1:
            raise EngineError(f"At least one result is wanted; got k = {self.k}.")


def one_line(text: str) -> str:
    """The text without line breaks: it stands in a comment."""
    return " ".join(text.split())


def header(mark: str, *lines: str) -> str:
    """Comment lines.

    >>> header("#", "first", "second")
    '# first\\n# second\\n'
    """
    return "".join(f"{mark} {line}\n" for line in lines)


USUAL = Names()
