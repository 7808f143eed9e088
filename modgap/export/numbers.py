"""The four numbers that every engine needs, and how a header tells where they come from."""

from __future__ import annotations

from dataclasses import dataclass

from modgap.calibration import Calibration
from modgap.items import Modality


@dataclass(frozen=True)
class Numbers:
    """mean, std: of the best cosines, by item modality ("text", "image"). origin: one sentence."""

    mean: dict[str, float]
    std: dict[str, float]
    dimension: int
    origin: str

    @classmethod
    def of(cls, calibration: Calibration, query_modality: str) -> Numbers:
        """The numbers for queries of one modality. Raises CalibrationError where the calibration has none."""
        statistics = calibration.of(query_modality)
        return cls(
            mean={m.value: float(statistics[m.value].mean) for m in Modality},
            std={m.value: float(statistics[m.value].std) for m in Modality},
            dimension=calibration.dimension,
            origin=(
                f"modgap calibration of {calibration.created[:10]}: model {one_line(calibration.model)}, "
                f"{calibration.counts['text']} passages, {calibration.counts['image']} pictures; "
                f"for {query_modality} queries."
            ),
        )


def one_line(text: str) -> str:
    """The text without line breaks: it stands in a comment."""
    return " ".join(text.split())


def header(mark: str, *lines: str) -> str:
    """Comment lines.

    >>> header("#", "first", "second")
    '# first\\n# second\\n'
    """
    return "".join(f"{mark} {line}\n" for line in lines)
